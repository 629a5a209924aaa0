import type { Override } from '../../../domain/override.ts';

/** What a brake is about, in words; beside the name of its act. */
export function overrideWords(override: Override): string {
  switch (override.act) {
    case 'stop-candidates':
      return override.lines.join(', ');
    case 'freeze':
      return `${override.alias} of ${override.line}`;
    case 'disable':
      return `${override.capability} for ${override.lines.join(', ')}`;
    case 'suspend-signer':
      return override.signer;
    case 'revoke-signer':
      return `${override.keys.join(', ')} as ${override.as}`;
  }
}
