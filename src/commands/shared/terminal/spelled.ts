/** A fingerprint as GnuPG prints it, and as people read it aloud. */
export function spelled(fingerprint: string): string {
  const groups = fingerprint.match(/.{4}/g) ?? [];
  return `${groups.slice(0, 5).join(' ')}  ${groups.slice(5).join(' ')}`;
}
