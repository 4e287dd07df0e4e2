# bash completion for ecsundo; works with the bash 3.2 of macOS, and without the package bash-completion.
#
#     source <(ecsundo completion bash)

_ecsundo() {
	local words=() word joined='' glue='' piece='' line value about i
	COMPREPLY=()
	# bash cuts words at = and : too; put them together again, and take the quotes off.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -n $joined && ($word =~ ^[=:]+$ || -n $glue) ]]; then
			joined+=$word
			words[${#words[@]} - 1]=$joined
		else
			joined=$word
			words+=("$joined")
		fi
		glue=''
		[[ $word =~ ^[=:]+$ ]] && glue=yes
	done
	for ((i = 0; i < ${#words[@]}; i++)); do
		words[i]=${words[i]//[\"\'\\]/}
	done
	# What is completed is the last piece of the last word.
	joined=${words[${#words[@]} - 1]}
	word=${COMP_WORDS[COMP_CWORD]//[\"\'\\]/}
	[[ $word =~ ^[=:]+$ ]] && word=''
	piece=${joined%"$word"}

	while IFS= read -r line; do
		value=${line%%$'\t'*}
		about=${line#*$'\t'}
		if [[ -n $value ]]; then
			printf -v value '%q' "${value#"$piece"}"
			COMPREPLY+=("$value")
		elif [[ $about == files ]]; then
			compopt -o filenames 2>/dev/null
			while IFS= read -r value; do
				COMPREPLY+=("$value")
			done < <(compgen -f -- "$word")
		fi
	done < <(ecsundo __complete -- "${words[@]}" 2>/dev/null)
}

complete -F _ecsundo ecsundo
