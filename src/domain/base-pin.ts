/** The base model an adapter was trained on, pinned so that nobody can change what stands behind its name. */

export type BasePin =
  /** A commit of the repository the name stands for: 40 hexadecimal digits. */
  | { readonly kind: 'commit'; readonly value: string }
  /** SHA-256 of the base's manifest or weights: 64 hexadecimal digits. */
  | { readonly kind: 'digest'; readonly value: string };

export interface PinnedBase {
  readonly name: string;
  readonly pin: BasePin;
}

/** @returns the pin for 40 lower-case hexadecimal digits or `sha256:` and 64 of them; null for a branch, tag or short id. */
export function parseBasePin(text: string): BasePin | null {
  if (/^[0-9a-f]{40}$/.test(text)) return { kind: 'commit', value: text };
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return { kind: 'digest', value: text.slice('sha256:'.length) };
  return null;
}

/** The spelling `parseBasePin` reads. */
export function printBasePin(pin: BasePin): string {
  return pin.kind === 'commit' ? pin.value : `sha256:${pin.value}`;
}
