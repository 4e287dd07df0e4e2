#compdef ecsundo
# zsh completion for ecsundo: in a directory of $fpath as _ecsundo, or
#
#     source <(ecsundo completion zsh)

_ecsundo() {
	local line value about
	local -a candidates
	local -i files=0
	for line in "${(@f)$(ecsundo __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
		value=${line%%$'\t'*}
		about=${line#*$'\t'}
		if [[ -z $value ]]; then
			[[ $about == files ]] && files=1
		elif [[ -n $about ]]; then
			candidates+=("${value//:/\\:}:$about")
		else
			candidates+=("${value//:/\\:}")
		fi
	done
	((${#candidates})) && _describe -V -t ecsundo ecsundo candidates
	((files)) && _files
	((${#candidates} || files))
}

if [[ ${funcstack[1]} == _ecsundo ]]; then
	_ecsundo "$@"
elif ((${+functions[compdef]})); then
	compdef _ecsundo ecsundo
fi
