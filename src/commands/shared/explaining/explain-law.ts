import { allOf, anyOf, ITERATION, said, short, type Explainers } from './explained.ts';

const PROPOSE_AGAIN = 'propose it again on top of what is in force: modelsmith policy propose <folder>';

/** As much of an id as people have to type. */
const typed = (id: string): string => (/^[0-9a-f]{13,}$/.test(id) ? id.slice(0, 12) : id);

/** Overrides, stolen keys, changes of the law, and repairs. */
export const LAW = {
  CANDIDATES_STOPPED: ({ line, override, reason }) =>
    said(
      `new candidates of ${line} are stopped by the override ${short(override)}: ${reason}`,
      `modelsmith override lift ${override}`,
    ),
  CAPABILITY_DISABLED: ({ capability, override, reason }) =>
    said(
      `the capability ${capability} is disabled by the override ${short(override)}: ${reason}`,
      `modelsmith override lift ${override}`,
    ),
  APPROVAL_TAINTED: ({ gate, principal }) =>
    said(
      `the approval by ${principal} at ${gate} was made with a key that was stolen, or by somebody a thief brought in`,
      `somebody with a clean key can run: modelsmith approve ${ITERATION}`,
    ),
  TAINTED: ({ iteration, entries, keys }) =>
    said(
      `${iteration} rests on ${allOf(entries.map(short))}, made with ${allOf(keys.map(short))}, which cannot be trusted`,
      `look at each of them, then: modelsmith reaffirm ${iteration}`,
    ),
  POLICY_TAINTED: ({ change, version }) =>
    said(
      `the change ${short(change)} (policy version ${version}) was approved with a key that was stolen`,
      'people enrolled before it propose and approve the policy anew: modelsmith policy propose <folder>',
    ),
  POLICY_CONTESTED: ({ change, entry, principal, reason }) =>
    said(
      `${principal} objects to the change ${short(change)}, which is in force: ${reason}`,
      `settle it: modelsmith policy approve ${typed(change)} --answers ${typed(entry)}`,
    ),
  NOT_TAINTED: ({ entry }) =>
    said(
      `${short(entry)} is not tainted, so there is nothing to re-affirm`,
      `modelsmith status ${ITERATION}`,
    ),
  REAFFIRM_NOT_YOURS: ({ entry, act, needed }) =>
    said(
      `${short(entry)} (${act}) is re-affirmed by ${needed}`,
      `have somebody who holds ${needed}, with a key that is not stolen, run: modelsmith reaffirm ${ITERATION}   (nobody left? modelsmith signer enroll)`,
    ),
  CHANGE_UNKNOWN: ({ change }) =>
    said(`there is no change ${short(change)}`, 'modelsmith policy list   (shows the proposals)'),
  CHANGE_NOTHING: ({ change }) =>
    said(
      `the change ${short(change)} would change nothing that is in force`,
      'what is in force: modelsmith signer list, and policy/ in the repository',
    ),
  CHANGE_APPLIED: ({ change }) => said(`the change ${short(change)} is in force already`),
  CHANGE_OUTDATED: ({ change, stated, present }) =>
    said(
      `the change ${short(change)} was made against ${short(stated)}, and ${short(present)} is in force`,
      PROPOSE_AGAIN,
    ),
  CHANGE_DIFFERS: ({ what, stated, expected }) =>
    // Of the version the verb that read the folder says what to type.
    said(
      `${what}: the proposal says ${short(stated)}, and it is ${short(expected)}`,
      what === 'version in policy.yaml' ? null : PROPOSE_AGAIN,
    ),
  CHANGE_PENDING: ({ change, needed, has, of, canSign }) =>
    said(
      `${needed}: has ${has} of ${of}`,
      canSign.length === 0
        ? 'nobody enrolled can give this approval; enrol somebody who can: modelsmith signer enroll'
        : `${anyOf(canSign)} can run: modelsmith policy approve ${typed(change)}`,
    ),
  CHANGE_OBJECTED: ({ change, act, principal, reason, entry }) =>
    said(
      `${act} by ${principal}: ${reason}`,
      `settle it: modelsmith policy approve ${typed(change)} --answers ${typed(entry)}`,
    ),
  CHANGE_NOT_ASKED: ({ principal }) =>
    said(`nothing that the change still needs can be given by ${principal}`, 'modelsmith policy list'),
  CHANGE_NOT_APPROVER: ({ change, principal }) =>
    said(
      `${principal} has not approved the change, and whoever applies it has`,
      `modelsmith policy approve ${typed(change)}`,
    ),
  CHANGE_ALREADY_APPROVED: ({ principal, role }) => said(`${principal} has approved this as ${role} already`),
  LAW_UNLIVABLE: ({ message }) =>
    said(
      message,
      'change the proposal; a role that would be left with nobody: modelsmith signer grant, or enroll',
    ),
  COMPROMISE_CLEARED: ({ key, what }) =>
    said(
      `the proposal takes back that ${short(key)} was stolen: ${what}`,
      'leave it as it was; what is honest is re-affirmed: modelsmith reaffirm',
    ),
  LIFT_IMPOSSIBLE: ({ override, why }) =>
    said(`the override ${short(override)} cannot be lifted: ${why}`, 'modelsmith override list'),
  REFRESH_UNSOUND: ({ path, message }) =>
    said(
      `${path} refreshes no certificate: ${message}`,
      'modelsmith signer refresh <principal>   (with a new subkey: modelsmith signer enroll <principal> --certificate <file>)',
    ),
  REFRESH_OWN_KEY: ({ key, principal }) =>
    said(
      `${principal} refreshes ${short(key)} with that same key, and others are alive`,
      'have anybody else who is enrolled bring it: modelsmith signer refresh --certificate <file>',
    ),
  GUARDED_PATH: ({ paths, principal }) =>
    said(
      `${allOf(paths)} is guarded, and ${principal} is no policy approver`,
      'have a policy approver sign the commit: git commit -S',
    ),
  REPAIR_DIFFERS: ({ what, stated, expected }) =>
    said(
      `the repair says of ${what}: ${stated === '' ? 'nothing' : allOf(stated.split(' ').map(short))}, and it is ${expected === '' ? 'nothing' : allOf(expected.split(' ').map(short))}`,
      'modelsmith repair   (finds it by itself)',
    ),
  REPAIR_NOT_RESTORED: ({ paths }) =>
    said(
      `a repair restores what is in force and does nothing else, but ${allOf(paths)} differs from it`,
      'modelsmith repair   (writes exactly that)',
    ),
  REPAIR_TEARS: ({ line, iteration, entry }) =>
    said(
      `what is chosen parts the act ${short(entry)} on ${iteration} from what it does to the aliases of ${line}`,
      `let one commit stand for both: modelsmith repair --stands "aliases of ${line}=<commit>" --stands "${iteration}=<commit>"`,
    ),
  REPAIR_UNSECONDED: ({ incident }) =>
    said(
      `the repair ${short(incident)} chose between valid branches and waits for a second policy approver`,
      'a second policy approver runs: modelsmith repair --second; then push both commits together, for a hook refuses the first alone',
    ),
} as const satisfies Partial<Explainers>;
