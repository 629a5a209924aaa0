import { caseLine, firsts, groups, lists } from './table.ts';
import type { Word } from './words.ts';

/**
 * Candidates never go through `compgen -W`, which expands what is in them, and files are left to the shell, which quotes
 * them.
 */
export function bash(words: readonly Word[]): string {
  const heads = firsts(words);
  return `# completion of modelsmith
COMP_WORDBREAKS="\${COMP_WORDBREAKS//@}" # line@version is one word
_modelsmith_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$current"* ]] && COMPREPLY+=("$word")
  done
}
_modelsmith() {
  local current="\${COMP_WORDS[COMP_CWORD]}" verb="\${COMP_WORDS[1]}" seconds='' flags='' valued='' places='' kind=''
  local directory=. word='' i=2 n=0
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$verb" = help ]; }; then
    _modelsmith_offer <<< '${heads.join('\n')}
--help
--version'
    return
  fi
  case "$verb" in
${[...groups(words)].map(([head, names]) => `    ${head}) seconds='${names.join(' ')}' ;;`).join('\n')}
  esac
  if [ -n "$seconds" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      _modelsmith_offer <<< "\${seconds// /$'\\n'}"
      return
    fi
    verb="$verb \${COMP_WORDS[2]}"
    i=3
  fi
  case "$verb" in
${words.map(caseLine).join('\n')}
    *) return ;;
  esac
  while [ "$i" -lt "$COMP_CWORD" ]; do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      -*)
        case "$valued" in
          *" $word="*)
            i=$((i + 1))
            case "$word" in -C | --directory) directory="\${COMP_WORDS[i]}" ;; esac
            ;;
        esac
        ;;
      *) n=$((n + 1)) ;;
    esac
    i=$((i + 1))
  done
  if [ "$i" -gt "$COMP_CWORD" ]; then
    kind="\${valued#* $word=}"
    kind="\${kind%% *}"
  elif [[ $current == -* ]]; then
    _modelsmith_offer <<< "\${flags// /$'\\n'}"
    return
  else
    for word in $places; do
      kind="$word"
      [ "$n" -eq 0 ] && break
      n=$((n - 1))
    done
  fi
  case "$kind" in
    files | '') return ;; # left to the shell
${lists(words)
  .map(([name, list]) => `    ${name}) _modelsmith_offer <<< '${list.join('\n')}' ;;`)
  .join('\n')}
    *) _modelsmith_offer < <(modelsmith complete "$kind" "$directory" 2>/dev/null) ;;
  esac
}
complete -o default -F _modelsmith modelsmith
`;
}
