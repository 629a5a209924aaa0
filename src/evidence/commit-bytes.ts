/** How a commit is spelled, header by header, as git spells it. */

export interface CommitText {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  /** Seconds since 1970. */
  readonly now: number;
  readonly message: string;
}

/** The bytes that are signed. */
export function commitPayload({ tree, parents, author, now, message }: CommitText): Uint8Array {
  const person = `${plain(author.name)} <${plain(author.email)}> ${Math.floor(now)} +0000`;
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
  ];
  return new TextEncoder().encode(`${lines.join('\n')}\n\n${message.replaceAll('\0', '').trimEnd()}\n`);
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[<>\u0000-\u001f]/g, ' ').trim();
}

/** Puts the signature where git puts it: a header after `committer`, continued lines with a space in front. */
export function withSignature(payload: Uint8Array, armored: string, format: 'sha1' | 'sha256'): Uint8Array {
  const text = new TextDecoder().decode(payload);
  const end = text.indexOf('\n\n');
  const name = format === 'sha1' ? 'gpgsig' : 'gpgsig-sha256';
  const value = armored.replaceAll('\r', '').trimEnd().split('\n').join('\n ');
  return new TextEncoder().encode(`${text.slice(0, end)}\n${name} ${value}${text.slice(end)}`);
}
