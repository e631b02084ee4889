"""The scripts that make a shell ask `weightscope` what may stand at the cursor; see `answer` for what it prints."""

from __future__ import annotations

_BASH = r"""_weightscope() {
    local kind value help files=
    COMPREPLY=()
    while IFS=$'\t' read -r kind value help; do
        case $kind in
            word) COMPREPLY+=("$value") ;;
            part) COMPREPLY+=("$value"); compopt -o nospace ;;
            file) files=yes ;;
        esac
    done < <(_WEIGHTSCOPE_COMPLETE=bash COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
        "$1" 2>/dev/null)
    if [[ -n $files && ${#COMPREPLY[@]} -eq 0 ]]; then
        compopt -o default  # readline knows about quotes and ~
    elif [[ -n $files ]]; then
        compopt -o filenames
        while IFS= read -r value; do
            COMPREPLY+=("$value")
        done < <(compgen -f -- "$2")
    fi
}
complete -o nosort -F _weightscope weightscope
"""

_ZSH = r"""#compdef weightscope

_weightscope() {
    local kind value help files
    local -a found parts
    while IFS=$'\t' read -r kind value help; do
        case $kind in
            word) found+=("${value//:/\\:}${help:+:$help}") ;;
            part) parts+=("$value") ;;
            file) files=yes ;;
        esac
    done < <(_WEIGHTSCOPE_COMPLETE=zsh "${(Q)words[1]}" "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#found )) && _describe -V weightscope found
    (( $#parts )) && compadd -S '' -- $parts
    if [[ -n $files ]]; then
        [[ ${words[CURRENT]} == --*=* ]] && compset -P '*='
        _files
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _weightscope "$@"  # autoloaded from a folder in $fpath
else
    compdef _weightscope weightscope
fi
"""

_FISH = r"""function __weightscope_complete
    set -lx _WEIGHTSCOPE_COMPLETE fish
    set -l words (commandline -opc)
    set -l token (string unescape -- (commandline -ct); or commandline -ct)
    for line in (command $words[1] $words[2..-1] "$token" 2>/dev/null)
        set -l fields (string split \t -- $line)
        if test $fields[1] = file
            set -l option (string match -r -- '^--[^=]*=' "$token")
            for path in (__fish_complete_path (string replace -- "$option" '' "$token"))
                echo "$option$path"
            end
        else
            printf '%s\t%s\n' $fields[2] $fields[3]
        end
    end
end
complete -c weightscope -f -a '(__weightscope_complete)'
"""

#: The script of each shell.
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
