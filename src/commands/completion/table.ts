import { FIXED, type Kind, type Listed, type Word } from './words.ts';

/** First words, each once; `add` of `baseline add` is offered after `baseline`. */
export function firsts(words: readonly Word[]): readonly string[] {
  return [...new Set([...words.map(({ verb }) => first(verb)), 'help'])].sort();
}

export function first(verb: string): string {
  return verb.split(' ')[0] ?? verb;
}

/** The second words of commands of two, by their first, where that is no command by itself. */
export function groups(words: readonly Word[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { verb } of words) {
    const [head = verb, second] = verb.split(' ');
    if (second !== undefined && !words.some((word) => word.verb === head))
      found.set(head, [...(found.get(head) ?? []), second]);
  }
  return found;
}

/** Lists by name, for the scripts to hold. */
export function lists(words: readonly Word[]): readonly (readonly [string, readonly string[]])[] {
  const ofOptions = words.flatMap(({ flags }) =>
    flags.flatMap(({ value }) => (isListed(value) ? [value] : [])),
  );
  return [
    ...Object.entries(FIXED),
    ...[...new Set(ofOptions)].map((name) => [name, name.split(',')] as const),
  ];
}

function isListed(kind: Kind | undefined): kind is Listed {
  return kind?.includes(',') === true;
}

/** One line of a `case`, the same in bash and zsh. Every text in it is a word of the program itself. */
export function caseLine({ verb, flags, places }: Word): string {
  const all = flags.flatMap(({ names }) => names).join(' ');
  const valued = flags.filter(({ value }) => value !== undefined);
  const kinds = valued.flatMap(({ names, value }) => names.map((name) => `${name}=${named(value ?? null)}`));
  const at = places.map(named);
  return `    '${verb}') flags='${all}'; valued=' ${kinds.join(' ')} '; places='${at.join(' ')}' ;;`;
}

function named(kind: Kind): string {
  return kind ?? 'files';
}
