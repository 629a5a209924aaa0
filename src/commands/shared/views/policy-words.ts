import type { Grant, Principal, SignerKey } from '../../../domain/signers.ts';
import type { Law } from '../../../machine/law.ts';

/** One thing that a proposal changes. `before` null: it is added; `after` null: it goes. */
export interface PolicyWord {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Everything in which two laws differ, in the order of their files. Texts are as they are; escape them when shown. */
export function policyWords(present: Law, proposed: Law): readonly PolicyWord[] {
  const [before, after] = [wordsOf(present), wordsOf(proposed)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [old, fresh] = [before.get(what) ?? null, after.get(what) ?? null];
    return old === fresh ? [] : [{ what, before: old, after: fresh }];
  });
}

type Words = Map<string, string>;

function wordsOf(law: Law): ReadonlyMap<string, string> {
  const words: Words = new Map();
  const { lines, ...rest } = law.policy;
  put(words, 'policy', rest);
  // Order decides which rule applies.
  put(
    words,
    'policy.lines',
    lines.map(({ match }) => match),
  );
  const seen = new Map<string, number>();
  for (const line of lines) {
    const times = (seen.get(line.match) ?? 0) + 1;
    seen.set(line.match, times);
    put(words, `policy.lines.${line.match}${times > 1 ? ` (${times})` : ''}`, line);
  }
  for (const principal of law.enrolled.principals) putPrincipal(words, principal);
  for (const [fingerprint, armored] of law.certificates) words.set(`certificate ${fingerprint}`, armored);
  for (const [name, { rubric }] of law.rubrics) put(words, `rubric ${name}`, rubric);
  return words;
}

function putPrincipal(words: Words, principal: Principal): void {
  const { id, keys, roles, ...rest } = principal;
  put(words, `signers.${id}`, rest);
  for (const key of keys) words.set(`signers.${id}.key ${key.fingerprint}`, keyWords(key));
  words.set(`signers.${id}.roles`, roles.map(grantWords).join('; ') || 'none');
}

function keyWords({ retired, compromised }: SignerKey): string {
  if (compromised !== undefined)
    return `compromised, keeping ${compromised.keeps.length} entries: ${compromised.reason}`;
  return retired === undefined ? 'in use' : `retired: ${retired.reason}`;
}

/** `operator for claims-*, until 2027-01-01T00:00:00Z`. */
export function grantWords({ role, lines, from, until }: Grant): string {
  const [start, end] = [
    from === undefined ? '' : `, from ${from}`,
    until === undefined ? '' : `, until ${until}`,
  ];
  return `${role} for ${lines.join(' ')}${start}${end}`;
}

/** Every leaf of a value under the path that leads to it; a list of plain values is one leaf. */
function put(words: Words, path: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value === 'string') words.set(path, value);
  else if (typeof value !== 'object' || value === null) words.set(path, JSON.stringify(value));
  else if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object'))
      words.set(path, value.length === 0 ? 'none' : value.join(', '));
    else value.forEach((item, index) => put(words, `${path}.${labelOf(item) ?? index + 1}`, item));
  } else for (const [key, inner] of Object.entries(value)) put(words, `${path}.${key}`, inner);
}

function labelOf(item: unknown): string | null {
  const found = item as { readonly id?: unknown; readonly task?: unknown } | null;
  return typeof found?.id === 'string' ? found.id : null;
}
