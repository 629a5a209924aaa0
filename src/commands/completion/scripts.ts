export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow `modelsmith`. */
export interface Word {
  /** One word or two. */
  readonly verb: string;
  readonly summary: string;
  readonly flags: readonly string[];
  /** Takes `line@version`. */
  readonly iteration: boolean;
}

export const SCRIPTS: { readonly [S in Shell]: (words: readonly Word[]) => string } = {
  bash: (words) => bash(words),
  // zsh runs completions written for bash.
  zsh: (words) => `#compdef modelsmith\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`,
  fish,
};

/** First words, each once; `add` of `baseline add` is offered after `baseline`. */
function firsts(words: readonly Word[]): readonly string[] {
  return [...new Set([...words.map(({ verb }) => first(verb)), 'help'])].sort();
}

function first(verb: string): string {
  return verb.split(' ')[0] ?? verb;
}

function seconds(words: readonly Word[], head: string): readonly string[] {
  return words
    .filter(({ verb }) => verb.startsWith(`${head} `))
    .map(({ verb }) => verb.slice(head.length + 1));
}

function bash(words: readonly Word[]): string {
  const heads = firsts(words);
  const cases = heads.flatMap((head) => {
    const of = words.filter(({ verb }) => first(verb) === head);
    const flags = [...new Set(of.flatMap((word) => word.flags))].join(' ');
    const names = seconds(words, head).join(' ');
    const iterations = of.some((word) => word.iteration);
    return of.length === 0
      ? []
      : [`    ${head}) flags='${flags}'; names='${names}'; iterations=${iterations ? 1 : 0} ;;`];
  });
  return `# completion of modelsmith
COMP_WORDBREAKS="\${COMP_WORDBREAKS//@}" # line@version is one word
_modelsmith() {
  local current="\${COMP_WORDS[COMP_CWORD]}" flags='' names='' iterations=0
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${heads.join(' ')} --help --version' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    help) names='${heads.join(' ')}' ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")); return ;;
  esac
  if [ -n "$names" ] && [ "$COMP_CWORD" -eq 2 ]; then
    COMPREPLY=($(compgen -W "$names" -- "$current"))
  elif [ "$iterations" = 1 ]; then
    # Only names of letters, digits, dots, dashes and @ are printed, so that compgen expands nothing in them.
    COMPREPLY=($(compgen -W "$(modelsmith completion iterations 2>/dev/null)" -- "$current"))
  fi
  [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _modelsmith modelsmith
`;
}

function fish(words: readonly Word[]): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const heads = firsts(words);
  const lines = heads.flatMap((head) => {
    const of = words.filter(({ verb }) => first(verb) === head);
    const summary = of.length === 1 && of[0]?.verb === head ? of[0].summary : `${head} commands`;
    const seen = `__fish_seen_subcommand_from ${head}`;
    return [
      `complete -c modelsmith -n __fish_use_subcommand -f -a ${head} -d ${quote(summary)}`,
      ...seconds(words, head).map((name) => `complete -c modelsmith -n ${quote(seen)} -f -a ${name}`),
      ...[...new Set(of.flatMap((word) => word.flags))].map(
        (flag) => `complete -c modelsmith -n ${quote(seen)} -l ${flag.slice(2)}`,
      ),
      ...(of.some((word) => word.iteration)
        ? [`complete -c modelsmith -n ${quote(seen)} -a '(modelsmith completion iterations 2>/dev/null)'`]
        : []),
    ];
  });
  return `# completion of modelsmith\n${lines.join('\n')}\n`;
}
