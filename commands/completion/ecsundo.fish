# fish completion for ecsundo: in ~/.config/fish/completions/ecsundo.fish, or
#
#     ecsundo completion fish | source

function __ecsundo_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (ecsundo __complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = \tfiles
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end

complete -c ecsundo -e
complete -c ecsundo -f -k -a '(__ecsundo_complete)'
