import type { Parsed } from '../base/problem.ts';
import { parsed, unparsable } from '../base/problem.ts';

/** A raw commit taken apart. Only the spelling git itself writes is accepted; a second reading would be a loophole. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** The armored signature; null where the commit has none. */
  readonly signature: string | null;
  /** The bytes that were signed: the commit without its signature header. */
  readonly payload: Uint8Array;
  /** Headers after `committer` that git may write but the law does not know. */
  readonly extraHeaders: readonly string[];
  readonly message: string;
}

export interface CommitFormat {
  /** Length of an object id in hexadecimal digits: 40 or 64. */
  readonly idLength: 40 | 64;
}

const NEWLINE = 0x0a;
const MAX_PARENTS = 64;

/** Keeps a byte order mark: a header that starts with one is not the header git reads. */
const EXACT = new TextDecoder('utf-8', { ignoreBOM: true });
const IDENTITY = /^[^<>\0\n]*<[^<>\0\n]*> \d{1,15} [+-]\d{4}$/;

interface Header {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** git's headers in git's order, each at most once except `parent` and `mergetag` (git-commit-tree, gitformat-signature). */
export function parseCommit(id: string, bytes: Uint8Array, { idLength }: CommitFormat): Parsed<CommitObject> {
  const wrong = (message: string) => unparsable({ file: id }, message);
  const headers = readHeaders(bytes);
  if (headers === null) return wrong('has a broken header block');
  const { list, messageStart } = headers;
  const objectId = new RegExp(`^[0-9a-f]{${idLength}}$`);
  let taken = 0;
  const take = (name: string): Header | null => {
    const header = list[taken];
    if (header?.name !== name) return null;
    taken += 1;
    return header;
  };

  const tree = take('tree');
  if (tree === null || !objectId.test(tree.value)) return wrong('must start with one tree');
  const parents: string[] = [];
  for (let parent = take('parent'); parent !== null; parent = take('parent')) {
    if (!objectId.test(parent.value)) return wrong('names a parent that is no object id');
    parents.push(parent.value);
    if (parents.length > MAX_PARENTS) return wrong(`has more than ${MAX_PARENTS} parents`);
  }
  for (const name of ['author', 'committer']) {
    const person = take(name);
    if (person === null || !IDENTITY.test(person.value))
      return wrong(`must have one well-formed ${name} after the parents`);
  }
  const known = ['tree', 'parent', 'author', 'committer'];
  const again = list.slice(taken).find((header) => known.includes(header.name));
  if (again !== undefined) return wrong(`has a second or misplaced ${again.name}`);
  take('encoding');
  while (parents.length > 1 && take('mergetag') !== null);
  const [right, other] = idLength === 40 ? ['gpgsig', 'gpgsig-sha256'] : ['gpgsig-sha256', 'gpgsig'];
  const rest = list.slice(taken);
  if (rest.some((header) => header.name === other))
    return wrong(`has the header ${other}, which does not belong here`);
  const signatures = rest.filter((header) => header.name === right);
  if (signatures.length > 1) return wrong('has two signature headers');
  const [signature] = signatures;
  return parsed({
    tree: tree.value,
    parents,
    signature: signature?.value ?? null,
    payload: signature === undefined ? bytes : without(bytes, signature.start, signature.end),
    extraHeaders: rest.filter((header) => header.name !== right).map((header) => header.name),
    message: EXACT.decode(bytes.subarray(messageStart)),
  });
}

function readHeaders(bytes: Uint8Array): { list: readonly Header[]; messageStart: number } | null {
  const list: { name: string; value: string; start: number; end: number }[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline < 0) return null;
    if (newline === at) return { list, messageStart: at + 1 };
    const line = EXACT.decode(bytes.subarray(at, newline));
    const last = list.at(-1);
    if (line.startsWith(' ')) {
      if (last === undefined) return null;
      last.value += `\n${line.slice(1)}`;
      last.end = newline + 1;
    } else {
      const space = line.indexOf(' ');
      if (space <= 0) return null;
      list.push({ name: line.slice(0, space), value: line.slice(space + 1), start: at, end: newline + 1 });
    }
    at = newline + 1;
  }
  return { list, messageStart: at };
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const rest = new Uint8Array(bytes.length - (end - start));
  rest.set(bytes.subarray(0, start));
  rest.set(bytes.subarray(end), start);
  return rest;
}
