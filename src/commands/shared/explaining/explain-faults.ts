import { allOf, said, short, type Explainers } from './explained.ts';
import { meaningOf, SIGNATURE_MEANINGS } from './fault-meanings.ts';

const WITH_TOOL = 'modelsmith repair   (sets it aside; then make the change with modelsmith)';
const FETCH_AGAIN = 'fetch the repository again from where it is whole, then: modelsmith verify';

/** What is wrong with a commit, beside refused acts. */
export const FAULTS = {
  OBJECT_CORRUPT: ({ object }) => said(`the git object ${short(object)} is corrupt`, FETCH_AGAIN),
  OBJECT_TOO_LARGE: ({ path, size, limit }) =>
    said(
      `${path} has ${size} bytes, more than the ${limit} allowed`,
      'keep large files elsewhere and put their digests here',
    ),
  TREE_TOO_LARGE: ({ path, what, limit }) =>
    said(
      what === 'depth'
        ? `${path} lies more than ${limit} folders deep`
        : `${path} holds more than ${limit} ${what === 'bytes' ? 'bytes' : 'files and folders'}`,
      WITH_TOOL,
    ),
  COMMIT_MALFORMED: ({ message }) => said(`the commit ${message}`, WITH_TOOL),
  TREE_MALFORMED: ({ path, message }) => said(`the tree of ${path} ${message}`, WITH_TOOL),
  PATH_NOT_PLAIN: ({ path, what }) => said(`${path} ${what}`, 'rename it, or make it a plain file'),
  PATH_UNKNOWN: ({ path }) =>
    said(`${path} has no meaning in an evidence repository`, 'keep it outside the governed folders'),

  UNSIGNED: ({ paths }) => said(`not signed, but changes ${allOf(paths)}`, WITH_TOOL),
  SIGNATURE_REFUSED: ({ fault, detail }) => {
    const known = meaningOf(SIGNATURE_MEANINGS, fault);
    return said(
      `${fault}: the signature ${known?.meaning ?? 'is refused'}${detail === '' ? '' : ` (${detail})`}`,
      known?.remedy ?? null,
    );
  },
  SIGNER_NOT_ENROLLED: ({ key }) =>
    said(`signed with ${short(key)}, which belongs to nobody enrolled`, 'sign with an enrolled key'),
  KEY_ENDED: ({ key, principal, how }) =>
    said(`signed with ${short(key)} of ${principal}, which is ${how}`, `${principal} signs with another key`),
  FROM_THE_FUTURE: ({ signed, now }) =>
    said(`signed at ${signed}, and it is ${now}`, 'set the clock: modelsmith doctor'),
  TIME_BACKWARDS: ({ signed, clock }) =>
    said(`signed at ${signed}, before what it builds on (${clock})`, 'set the clock: modelsmith doctor'),

  SIGNATURE_LOST: ({ how, by, of }) =>
    said(
      `looks like a ${how}${by === null ? '' : ` by ${short(by)}`} of what ${allOf(of)} signed, which loses the signature – or is forged`,
      `put your own branch back to the last valid commit, or run modelsmith repair where others have it; then: git merge --no-ff <branch> – where that is gone, have ${allOf(of)} sign again`,
    ),

  LAW_CHANGED: ({ paths }) =>
    said(
      `changes the law: ${allOf(paths)}`,
      'take the change back; policy and signers stay as the trust root fixed them',
    ),
  ENTRY_ALTERED: ({ path }) => said(`${path} is written for good and was altered`, WITH_TOOL),
  ENTRY_REMOVED: ({ path }) => said(`${path} is written for good and was removed`, WITH_TOOL),
  RECORD_REWRITTEN: ({ path, what }) =>
    said(`${path}: ${what} was rewritten, and a record only grows`, WITH_TOOL),
  UNEXPLAINED_CHANGE: ({ paths }) => said(`no act explains the change of ${allOf(paths)}`, WITH_TOOL),
  COMMIT_MIXES_DECISIONS: ({ decisions }) =>
    said(`one signature over ${allOf(decisions)}`, 'sign each decision in a commit of its own'),
  NO_ACT: ({ paths }) => said(`changes ${allOf(paths)} without doing anything`, WITH_TOOL),
  MERGE_GOVERNED: ({ parents }) =>
    said(
      `a merge of ${parents} branches at once changes governed files`,
      'merge the branches one after the other',
    ),
  MERGE_CONFLICT: ({ strands }) =>
    said(
      `both branches changed ${allOf(strands)}`,
      'take one branch, and make the acts of the other again on top of it; where others have the merge: modelsmith repair',
    ),
  MERGE_NOT_MECHANICAL: ({ paths }) =>
    said(
      `the merge is not what its two branches give: ${allOf(paths)}`,
      'merge again without changing anything: git merge --no-ff <branch>',
    ),
  ENDED_BEFORE_MERGE: ({ commit, what, clock }) =>
    said(
      `in ${short(commit)} ${what}, by ${clock} of the other branch`,
      'make the act again on top of the other branch',
    ),
  PARENT_VOID: ({ parent }) =>
    said(
      `builds on ${short(parent)}, which is not valid`,
      'modelsmith repair   (restores what is in force; then people do again what came on top)',
    ),

  ROOT_MISMATCH: ({ what, expected, found }) =>
    said(
      // In full: two ids that begin alike would read as if they were the same.
      `the trust root has another ${what}: expected ${expected}, found ${found}`,
      'find out which is right before you go on; a forged repository would look like this',
    ),
  ROOT_NOT_BARE: ({ paths }) =>
    said(`the trust root holds more than the law: ${allOf(paths)}`, 'start again: modelsmith init'),
  OUTSIDE_ROOT: ({ root }) =>
    said(
      `governed files that do not come from the trust root ${short(root)}`,
      'find out where they come from before you go on',
    ),
  NOT_DESCENDED: ({ expected, tip, branch }) =>
    branch === null
      ? said(
          `${short(tip)} does not come from ${short(expected)}, so history was rewritten or is older`,
          'fetch the branch again, and ask who moved it where that does not help',
        )
      : said(
          `${short(tip)} does not come from ${short(expected)}, where you saw ${branch} before: it is older, or was rewritten`,
          'git pull; where that does not help, ask who moved the branch. If that was meant to be, a person accepts it at a terminal: modelsmith verify --accept-rewind',
        ),
  CONTENT_DIFFERS: ({ path, message }) => said(`${path} ${message}`, 'fetch the content again'),
} as const satisfies Partial<Explainers>;
