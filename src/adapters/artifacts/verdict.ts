import { isNonEmpty } from '../../base/nonempty.ts';
import type { ArtifactFinding, ArtifactVerdict, SoundArtifact } from '../../ports/artifacts.ts';

/** More than a person would read; the rest is counted. */
export const MAX_FINDINGS = 100;

/** @param sound what the artifact is; null only where something was found. */
export function verdictOf(
  findings: readonly ArtifactFinding[],
  sound: SoundArtifact | null,
): ArtifactVerdict {
  if (isNonEmpty(findings))
    return { kind: 'refused', findings: [findings[0], ...shortened(findings.slice(1))] };
  if (sound === null) throw new Error('an artifact without findings has every part');
  return sound;
}

function shortened(findings: readonly ArtifactFinding[]): readonly ArtifactFinding[] {
  const last = findings[MAX_FINDINGS - 1];
  if (last === undefined || findings.length === MAX_FINDINGS) return findings;
  const more = findings.length - MAX_FINDINGS;
  return [
    ...findings.slice(0, MAX_FINDINGS - 1),
    { ...last, message: `${last.message} And ${more} more findings.` },
  ];
}
