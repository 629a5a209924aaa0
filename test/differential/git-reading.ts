/** How git itself takes a signed commit apart (`parse_signed_commit` in its commit.c), apart from what this project does. */

export interface GitReading {
  /** What git hands to gpg as signed. */
  readonly payload: Buffer;
  /** Null where git sees no signature at all. */
  readonly signature: Buffer | null;
}

export function asGitReads(commit: Buffer): GitReading {
  const payload: Buffer[] = [];
  const signature: Buffer[] = [];
  let saw = false;
  let inSignature = false;
  let inOther = false;
  for (let at = 0; at < commit.length;) {
    const newline = commit.indexOf(0x0a, at);
    let next = newline < 0 ? commit.length : newline + 1;
    const line = commit.subarray(at, next);
    const text = line.toString('latin1');
    let part: Buffer | null = null;
    if (inSignature && text.startsWith(' ')) part = line.subarray(1);
    else if (text.startsWith('gpgsig ')) [part, inOther] = [line.subarray('gpgsig '.length), false];
    else if (text.startsWith('gpgsig')) inOther = true;
    else if (inOther && !text.startsWith(' ')) inOther = false;
    if (part !== null) {
      signature.push(part);
      saw = true;
    } else {
      if (text === '\n') next = commit.length;
      if (!inOther) payload.push(commit.subarray(at, next));
    }
    inSignature = part !== null;
    at = next;
  }
  return { payload: Buffer.concat(payload), signature: saw ? Buffer.concat(signature) : null };
}
