import { first, firsts, groups, lists } from './table.ts';
import type { Kind, Word } from './words.ts';

/** fish quotes what it puts on the line by itself. */
export function fish(words: readonly Word[]): string {
  const pairs = groups(words);
  const known = new Map(lists(words));
  const heads = firsts(words).flatMap((head) => {
    const alone = words.find(({ verb }) => verb === head);
    return [
      `complete -c modelsmith -n __fish_use_subcommand -f -a ${head} -d ${quote(alone?.summary ?? `${head} commands`)}`,
      ...(pairs.get(head) ?? []).map((second) => {
        const summary = words.find(({ verb }) => verb === `${head} ${second}`)?.summary ?? '';
        const others = (pairs.get(head) ?? []).join(' ');
        const when = `__fish_seen_subcommand_from ${head}; and not __fish_seen_subcommand_from ${others}`;
        return `complete -c modelsmith -n ${quote(when)} -f -a ${second} -d ${quote(summary)}`;
      }),
    ];
  });
  return `# completion of modelsmith
function __modelsmith_names
    set -l words (commandline -opc)
    set -l folder .
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -C --directory; and test $i -lt (count $words)
            set folder $words[(math $i + 1)]
        end
    end
    modelsmith complete $argv[1] $folder 2>/dev/null
end
${[...heads, ...words.flatMap((word) => lines(word, known))].join('\n')}
`;
}

type Known = ReadonlyMap<string, readonly string[]>;

function lines({ verb, flags, places }: Word, known: Known): readonly string[] {
  const [, second] = verb.split(' ');
  const seen = `__fish_seen_subcommand_from ${first(verb)}`;
  const when = quote(second === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${second}`);
  return [
    ...flags.map(({ names, description, value }) => {
      const spelled = names.map((name) =>
        name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      );
      const takes = value === undefined ? '' : value === null ? ' -r' : ` -x -a ${candidates(value, known)}`;
      return `complete -c modelsmith -n ${when} ${spelled.join(' ')}${takes} -d ${quote(description)}`;
    }),
    ...[...new Set(places)].flatMap((kind) =>
      kind === null ? [] : [`complete -c modelsmith -n ${when} -a ${candidates(kind, known)}`],
    ),
    ...(places.includes(null) ? [] : [`complete -c modelsmith -n ${when} -f`]),
  ];
}

function candidates(kind: NonNullable<Kind>, known: Known): string {
  return quote(known.get(kind)?.join(' ') ?? `(__modelsmith_names ${kind})`);
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
