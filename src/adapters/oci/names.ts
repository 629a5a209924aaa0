/** What may be a tag (distribution-spec 1.1, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(text);
}
