import { APPLIED } from './paths.ts';

/**
 * Governed content moves in two ways. *Logs* only gain files, so any two of them unite. Everything else lies in
 * *strands*, each of which moves in one line of commits: two branches that both moved one cannot be merged.
 */
export const LAW_STRAND = 'law';

const LOG_FOLDERS_OF_A_BUNDLE = ['approvals', 'comments', 'receipts'];

/** The strand a governed path belongs to; null for a log. */
export function strandOf(path: string): string | null {
  const [top = '', line = '', name = '', below = ''] = path.split('/');
  switch (top) {
    case 'locks':
    case 'baselines':
      return lineStrand(line);
    case 'promotions':
      if (name === 'aliases.json') return `aliases of ${line}`;
      return LOG_FOLDERS_OF_A_BUNDLE.includes(below) ? null : `${line}@${name}`;
    case 'overrides':
    case 'refreshes':
    case 'incidents':
    case 'audits':
    case 'drills':
    case 'checkpoints':
      return null;
    case 'changes':
      // That a change is in force is a statement about the law, and stands or falls with it.
      if (name === APPLIED) return LAW_STRAND;
      return name === 'approvals' ? null : `${top} ${line}`;
    case 'exceptions':
      return below === 'approvals' ? null : `exception ${line}/${name}`;
    default:
      return LAW_STRAND;
  }
}

/** Locks, baselines, and which iterations a line has: every request moves it. */
export function lineStrand(line: string): string {
  return `line ${line}`;
}

/** A proposal may be worked on while the law moves; it is approved against the law it names. */
export function isChangeStrand(strand: string): boolean {
  return strand.startsWith('changes ');
}
