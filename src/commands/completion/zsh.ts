import { caseLine, firsts, groups, lists } from './table.ts';
import type { Word } from './words.ts';

/** Works in a folder of fpath, and sourced. */
export function zsh(words: readonly Word[]): string {
  return `#compdef modelsmith
# completion of modelsmith
_modelsmith() {
  emulate -L zsh
  local verb="$words[2]" seconds='' flags='' valued='' places='' kind='' directory=. word=''
  local -a names
  integer i=3 n=1
  if (( CURRENT == 2 )) || { (( CURRENT == 3 )) && [[ $verb == help ]] }; then
    compadd -- ${firsts(words).join(' ')} --help --version
    return
  fi
  case "$verb" in
${[...groups(words)].map(([head, names]) => `    ${head}) seconds='${names.join(' ')}' ;;`).join('\n')}
  esac
  if [[ -n $seconds ]]; then
    if (( CURRENT == 3 )); then
      compadd -- \${=seconds}
      return
    fi
    verb="$verb $words[3]"
    i=4
  fi
  case "$verb" in
${words.map(caseLine).join('\n')}
    *) return 1 ;;
  esac
  while (( i < CURRENT )); do
    word="$words[i]"
    case "$word" in
      -*)
        if [[ $valued == *" $word="* ]]; then
          (( i += 1 ))
          [[ $word == -C || $word == --directory ]] && directory="\${(Q)words[i]}"
        fi
        ;;
      *) (( n += 1 )) ;;
    esac
    (( i += 1 ))
  done
  if (( i > CURRENT )); then
    kind="\${\${valued#* $word=}%% *}"
  elif [[ $words[CURRENT] == -* ]]; then
    compadd -- \${=flags}
    return
  else
    names=(\${=places})
    (( n > $#names )) && n=$#names
    (( n > 0 )) && kind="$names[n]"
  fi
  case "$kind" in
    files | '') _files ;;
${lists(words)
  .map(([name, list]) => `    ${name}) compadd -- ${list.join(' ')} ;;`)
  .join('\n')}
    *)
      names=("\${(@f)$(modelsmith complete "$kind" "$directory" 2>/dev/null)}")
      names=(\${names:#})
      (( $#names > 0 )) && compadd -a names
      ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _modelsmith "$@"; else compdef _modelsmith modelsmith; fi
`;
}
