import { GOVERNED_NAMES, isGovernedName } from '../domain/paths.ts';
import { foldedName } from './tree-object.ts';

/** What stands for something at the top of a repository: governed names, and the folder in which git keeps its own. */
const TAKEN: readonly string[] = ['.git', ...GOVERNED_NAMES];

/**
 * The governed name, or `.git`, that some file system takes an ungoverned top-level name for; null for any other name.
 * A work tree on such a system would hold other content under a governed name than the commit has.
 */
export function takenFor(name: string): string | null {
  if (isGovernedName(name)) return null;
  const seen = foldedName(ntfsName(name));
  return TAKEN.find((taken) => isSeenAs(seen, taken)) ?? null;
}

/** Whether some file system takes a name for another one, or for itself. @param meant as `foldedName` spells it. */
export function isTakenFor(name: string, meant: string): boolean {
  return isSeenAs(foldedName(ntfsName(name)), meant);
}

function isSeenAs(seen: string, meant: string): boolean {
  return seen === meant || isShortName(seen, meant);
}

/** What NTFS makes of it: `\` parts folders, a colon begins a stream of the file before it or ends a drive's letter. */
function ntfsName(name: string): string {
  const [first = ''] = name
    .replace(/^[a-z]:/i, '')
    .split('\\')
    .filter((part) => part !== '' && part !== '.');
  return first.replace(/:.*$/s, '');
}

const SHORT_NAME = /^([^~.]{2,6}?)([0-9a-f]{4})?~\d{1,6}(?:\.([^.]{0,3}))?$/;

/**
 * Whether Windows may have given a long name this short one: up to six first letters, `~` and a number; from the fifth
 * name with the same letters on it is two letters, four hexadecimal digits of a hash, `~` and a number.
 */
function isShortName(name: string, long: string): boolean {
  const [, letters = '', hash = '', extension = ''] = SHORT_NAME.exec(name) ?? [];
  const [base = '', dotted = ''] = long.replace(/^\./, '').split('.');
  if (letters === '' || extension !== dotted.slice(0, 3)) return false;
  return base.slice(0, 6).startsWith(letters + hash) || (hash !== '' && base.startsWith(letters));
}
