import {
  EntryId,
  Fingerprint,
  LineName,
  SafeName,
  SafePath,
  Sha256Text,
  Version,
  isSafePath,
  type Iteration,
} from './names.ts';
import type { Sha256 } from '../base/digest.ts';

/** Where everything lies. The only place that builds or reads paths of the evidence repository. */

export const REPOSITORY_FILE = 'modelsmith.yaml';
export const POLICY_FILE = 'policy/policy.yaml';
export const SIGNERS_FILE = 'policy/signers.yaml';
export const keyFile = (fingerprint: string): string => `policy/keys/${fingerprint}.asc`;
export const rubricFile = (name: string): string => `policy/rubrics/${name}.json`;

export const lockFolder = (line: LineName): string => `locks/${line}`;
export const lockFile = (line: LineName, id: string): string => `locks/${line}/${id}.json`;
export const baselineFolder = (line: LineName, id: string): string => `baselines/${line}/${id}`;
export const ALIASES_FILE = 'aliases.json';
export const aliasesFile = (line: LineName): string => `promotions/${line}/${ALIASES_FILE}`;
export const bundleFolder = ({ line, version }: Iteration): string => `promotions/${line}/${version}`;

export const overrideFile = (id: string): string => `overrides/${id}.json`;
export const liftFile = (override: string): string => `lifts/${override}.json`;
export const drillFile = (id: string): string => `drills/${id}.json`;
export const incidentFile = (id: string): string => `incidents/${id}.json`;
export const secondedFile = (id: string): string => `incidents/${id}.seconded.json`;
export const refreshFile = (fingerprint: string, digest: string): string =>
  `refreshes/${fingerprint}/${digest}.asc`;
export const changeFolder = (id: string): string => `changes/${id}`;

export const exceptionFolder = (line: LineName, id: string): string => `exceptions/${line}/${id}`;

/** Names inside an exception. */
export const EXCEPTION = 'exception.json';
export const CLOSED = 'closed.json';
export const reviewFile = (id: string): string => `reviews/${id}.json`;
export const reviewText = (id: string): string => `reviews/${id}.md`;

/** Names inside a change. */
export const CHANGE = 'change.json';
export const APPLIED = 'applied.json';
export const PROPOSED = 'proposed';

/** Names inside a bundle. */
export const RECORD = 'promotion-record.json';
export const RUBRIC = 'rubric.json';
export const APPROVAL_LOG = 'approval-log.json';
export const MODEL_CARD = 'model-card.md';
export const ROLLBACK_PROCEDURE = 'rollback-procedure.md';
export const RISK_ASSESSMENT = 'risk-assessment.md';
export const approvalFile = (id: string): string => `approvals/${id}.json`;
export const commentFile = (id: string): string => `comments/${id}.json`;
export const receiptFile = (id: string): string => `receipts/${id}.json`;
export const reportFile = (run: string): string => `eval-transcripts/${run}/report.json`;
export const checkReportFile = (id: string): string => `checks/${id}/report.json`;
export const checkRawFolder = (id: string): string => `checks/${id}/raw`;
export const rawFolder = (run: string): string => `eval-transcripts/${run}/raw`;

const STAND_IN = '.confidential.json';
const SEALED = '.pgp';
/** What stands for a file that not everybody may read, and its ciphertext, beside where it would lie. */
export const standInFile = (path: string): string => `${path}${STAND_IN}`;
export const sealedFile = (path: string): string => `${path}${SEALED}`;

/** The path of the confidential file that a stand-in or ciphertext is about; null for any other file. */
export function confidentialPath(
  path: string,
): { readonly kind: 'stand-in' | 'sealed'; readonly path: string } | null {
  if (path.endsWith(STAND_IN)) return { kind: 'stand-in', path: path.slice(0, -STAND_IN.length) };
  return path.endsWith(SEALED) ? { kind: 'sealed', path: path.slice(0, -SEALED.length) } : null;
}

/** Top-level names that are governed, beside the paths a policy guards. */
export const GOVERNED_NAMES = [
  REPOSITORY_FILE,
  'policy',
  'locks',
  'baselines',
  'promotions',
  'exceptions',
  'changes',
  'lifts',
  'overrides',
  'refreshes',
  'incidents',
  'audits',
  'drills',
  'checkpoints',
] as const;

export function isGovernedName(name: string): boolean {
  return (GOVERNED_NAMES as readonly string[]).includes(name);
}

/** What a governed path holds. `null` where nothing of that name has a meaning. */
export type Location =
  | { readonly kind: 'repository' | 'policy' }
  | { readonly kind: 'lock'; readonly line: LineName; readonly id: EntryId }
  | { readonly kind: 'baseline'; readonly line: LineName; readonly id: EntryId; readonly path: string }
  | { readonly kind: 'aliases'; readonly line: LineName }
  | { readonly kind: 'bundle'; readonly iteration: Iteration; readonly path: string }
  | { readonly kind: 'approval' | 'comment' | 'receipt'; readonly iteration: Iteration; readonly id: EntryId }
  | { readonly kind: 'override'; readonly id: EntryId }
  | { readonly kind: 'drill'; readonly id: EntryId }
  | { readonly kind: 'lift' | 'incident' | 'seconded'; readonly id: EntryId }
  | { readonly kind: 'refresh'; readonly key: Fingerprint; readonly sha256: Sha256 }
  | { readonly kind: 'change'; readonly change: EntryId }
  | { readonly kind: 'applied'; readonly change: EntryId }
  | { readonly kind: 'proposed'; readonly change: EntryId }
  | { readonly kind: 'change-approval'; readonly change: EntryId; readonly id: EntryId }
  | ExceptionLocation;

/** A file of an exception. `review-text`: the words that the review of the same name is about. */
export type ExceptionLocation =
  | { readonly kind: 'exception' | 'closed-exception'; readonly line: LineName; readonly exception: EntryId }
  | {
      readonly kind: 'exception-approval' | 'exception-review' | 'review-text';
      readonly line: LineName;
      readonly exception: EntryId;
      readonly id: EntryId;
    };

export function locate(path: string): Location | null {
  if (!isSafePath(path)) return null;
  const [top = '', second = '', third = '', ...rest] = path.split('/');
  const line = LineName.safeParse(second);
  switch (top) {
    case REPOSITORY_FILE:
      return second === '' ? { kind: 'repository' } : null;
    case 'policy':
      return { kind: 'policy' };
    case 'locks': {
      const id = EntryId.safeParse(third.replace(/\.json$/, ''));
      return line.success && id.success && third.endsWith('.json') && rest.length === 0
        ? { kind: 'lock', line: line.data, id: id.data }
        : null;
    }
    case 'baselines': {
      const id = EntryId.safeParse(third);
      return line.success && id.success && rest.length > 0
        ? { kind: 'baseline', line: line.data, id: id.data, path: rest.join('/') }
        : null;
    }
    case 'promotions': {
      if (!line.success) return null;
      if (third === 'aliases.json') return rest.length === 0 ? { kind: 'aliases', line: line.data } : null;
      const version = Version.safeParse(third);
      return version.success && rest.length > 0
        ? locateInBundle({ line: line.data, version: version.data }, rest)
        : null;
    }
    case 'overrides':
      return third === '' ? entryLocation('override', second) : null;
    case 'drills':
      return third === '' ? entryLocation('drill', second) : null;
    case 'lifts':
      return third === '' ? entryLocation('lift', second) : null;
    case 'incidents':
      if (third !== '') return null;
      return second.endsWith('.seconded.json')
        ? entryLocation('seconded', second.replace(/\.seconded/, ''))
        : entryLocation('incident', second);
    case 'refreshes': {
      const key = Fingerprint.safeParse(second);
      const digest = Sha256Text.safeParse(third.replace(/\.asc$/, ''));
      return key.success && digest.success && third.endsWith('.asc') && rest.length === 0
        ? { kind: 'refresh', key: key.data, sha256: digest.data }
        : null;
    }
    case 'changes': {
      const change = EntryId.safeParse(second);
      return change.success ? locateInChange(change.data, [third, ...rest]) : null;
    }
    case 'exceptions': {
      const exception = EntryId.safeParse(third);
      return line.success && exception.success
        ? locateInException({ line: line.data, exception: exception.data }, rest)
        : null;
    }
    default:
      return null;
  }
}

function entryLocation(
  kind: 'override' | 'drill' | 'lift' | 'incident' | 'seconded',
  name: string,
): Location | null {
  const id = EntryId.safeParse(name.replace(/\.json$/, ''));
  return id.success && name.endsWith('.json') ? { kind, id: id.data } : null;
}

function locateInChange(change: EntryId, segments: readonly string[]): Location | null {
  const [folder = '', name = '', ...rest] = segments;
  const path = segments.join('/');
  if (segments.length === 1) {
    if (path === CHANGE) return { kind: 'change', change };
    return path === APPLIED ? { kind: 'applied', change } : null;
  }
  if (folder === 'approvals') {
    const id = rest.length === 0 ? idOfFile(name, '.json') : null;
    return id === null ? null : { kind: 'change-approval', change, id };
  }
  return folder === PROPOSED ? { kind: 'proposed', change } : null;
}

function locateInException(
  of: { readonly line: LineName; readonly exception: EntryId },
  [folder = '', name = '', ...rest]: readonly string[],
): ExceptionLocation | null {
  if (rest.length > 0) return null;
  if (name === '') {
    if (folder === EXCEPTION) return { kind: 'exception', ...of };
    return folder === CLOSED ? { kind: 'closed-exception', ...of } : null;
  }
  const [entry, text] = [idOfFile(name, '.json'), idOfFile(name, '.md')];
  if (folder === 'approvals') return entry === null ? null : { kind: 'exception-approval', ...of, id: entry };
  if (folder !== 'reviews') return null;
  if (entry !== null) return { kind: 'exception-review', ...of, id: entry };
  return text === null ? null : { kind: 'review-text', ...of, id: text };
}

/** The entry that a file of this name holds or belongs to; null for any other name. */
function idOfFile(name: string, ending: '.json' | '.md'): EntryId | null {
  const id = EntryId.safeParse(name.slice(0, -ending.length));
  return id.success && name.endsWith(ending) ? id.data : null;
}

const LOGS = { approvals: 'approval', comments: 'comment', receipts: 'receipt' } as const;

const EVIDENCE_FILES: readonly string[] = [MODEL_CARD, ROLLBACK_PROCEDURE, RISK_ASSESSMENT];

function locateInBundle(iteration: Iteration, segments: readonly string[]): Location | null {
  const path = segments.join('/');
  const [folder = '', name = '', ...rest] = segments;
  if (segments.length === 1) {
    return [RECORD, RUBRIC, APPROVAL_LOG, ...EVIDENCE_FILES].includes(folder)
      ? { kind: 'bundle', iteration, path }
      : null;
  }
  if (folder === 'approvals' || folder === 'comments' || folder === 'receipts') {
    const id = rest.length === 0 ? idOfFile(name, '.json') : null;
    return id === null ? null : { kind: LOGS[folder], iteration, id };
  }
  if (folder === 'eval-transcripts')
    return SafeName.safeParse(name).success && rest.length > 0 ? { kind: 'bundle', iteration, path } : null;
  if (folder === 'checks') {
    const [part = '', ...file] = rest;
    const known = part === 'raw' ? file.length > 0 : part === 'report.json' && file.length === 0;
    return EntryId.safeParse(name).success && known ? { kind: 'bundle', iteration, path } : null;
  }
  return folder === 'attachments' ? { kind: 'bundle', iteration, path } : null;
}

/** What a policy may ask for: only what somebody can bring, else its gate never opens. */
export const EVIDENCE_PATH = 'must be a document of the bundle, or lie under attachments/';

/** Evidence a person or pipeline may put into a bundle; everything else there is written by acts of its own. */
export function isEvidencePath(path: string): boolean {
  return (
    EVIDENCE_FILES.includes(path) || (path.startsWith('attachments/') && SafePath.safeParse(path).success)
  );
}
