import type { HeldAlias, HoldReason } from '../../../machine/held-aliases.ts';
import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';

/** An alias that is held, with why in words. Strings are as they are; escape them when shown. */
export interface HeldView {
  readonly line: string;
  readonly alias: string;
  readonly to: string | null;
  readonly because: readonly string[];
}

export function heldView({ line, alias, to, because }: HeldAlias): HeldView {
  return { line, alias, to, because: because.map(words) };
}

function words(hold: HoldReason): string {
  switch (hold.kind) {
    case 'frozen':
      return `frozen by the override ${brief(hold.override.id)}: ${hold.override.reason}`;
    case 'disabled':
      return `a capability of it is disabled by the override ${brief(hold.override.id)}: ${hold.override.reason}`;
    case 'tainted':
      return hold.keys.length === 0
        ? 'the policy in force is tainted by a stolen key'
        : `tainted by the stolen key ${hold.keys.map(brief).join(' and ')}`;
    case 'stolen-word': {
      const { act, line, version, key } = hold.word;
      return `${act === 'pin' ? 'pinned' : 'unpinned'} by the stolen key ${brief(key)}, until somebody runs modelsmith reaffirm ${line}@${version} or rollback`;
    }
    case 'contested':
      return `contested by ${hold.principal}: ${hold.reason}`;
  }
}

export function heldSentence({ line, alias, to, because }: HeldView): string {
  const where = to ?? 'nothing';
  return escapeShown(
    `held: ${alias} of ${line} (points to ${where}): ${because.join('; ').replaceAll('\n', ' ')}`,
  );
}
