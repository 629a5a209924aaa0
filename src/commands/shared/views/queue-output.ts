import * as z from 'zod';
import { GateName, State } from '../../../domain/states.ts';
import { HeldOut, ReasonOut } from './verify-output.ts';

/** What `modelsmith queue --json` prints. Fields and kinds are only ever added to a version; times are UTC. */

/** Somebody who can do what is waited for: in which roles, and what he types. */
const PersonOut = z.strictObject({
  principal: z.string(),
  roles: z.array(z.string()).readonly(),
  command: z.string(),
  /** There where he can sign nothing, since his certificate has expired or is revoked: see `expiring`. */
  ended: z.literal(true).optional(),
});
export type PersonOut = z.infer<typeof PersonOut>;

const people = z.array(PersonOut).readonly();

const urgency = {
  /** When it could first be done. */
  opened: z.string(),
  /** By when it is to be done; null where nobody has said. */
  due: z.string().nullable(),
  overdue: z.boolean(),
  /** The manager's wish that set the time; null where the policy did, or nobody. */
  expedited: z.strictObject({ principal: z.string(), time: z.string(), reason: z.string() }).nullable(),
};

const GateWait = z.strictObject({
  kind: z.literal('gate'),
  iteration: z.string(),
  gate: GateName,
  /** The owner of the change whose seat at the gate this is; null: the gate's own. */
  owner: z.string().nullable(),
  to: State,
  roles: z.array(z.string()).readonly(),
  has: z.int().min(0),
  of: z.int().min(1),
  approvedBy: z.array(z.string()).readonly(),
  ...urgency,
  people,
});

/** All is signed; somebody has to take the step. */
const PromotionWait = z.strictObject({
  kind: z.literal('promotion'),
  iteration: z.string(),
  to: State,
  ...urgency,
  people,
});

const ProposalWait = z.strictObject({
  kind: z.literal('proposal'),
  /** Full id of the change. */
  change: z.string(),
  title: z.string(),
  proposedBy: z.string(),
  reason: z.string(),
  /** Patterns of the lines whose rules it changes. */
  lines: z.array(z.string()).readonly(),
  needed: z
    .array(
      z.strictObject({
        needed: z.string(),
        role: z.string().nullable(),
        has: z.array(z.string()).readonly(),
        of: z.int().min(0),
        canSign: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  ...urgency,
  people,
});

/** An exception that lacks approvals. */
const ExceptionWait = z.strictObject({
  kind: z.literal('exception'),
  /** Full id. */
  exception: z.string(),
  line: z.string(),
  title: z.string(),
  openedBy: z.string(),
  reason: z.string(),
  needed: z
    .array(
      z.strictObject({
        role: z.string(),
        by: z.string().nullable(),
        canSign: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  ...urgency,
  people,
});

/** An exception that was used and that nobody has reviewed. */
const ReviewWait = z.strictObject({
  kind: z.literal('exception-review'),
  /** Full id of the exception. */
  exception: z.string(),
  line: z.string(),
  owner: z.string(),
  /** Whether the exception is over, which its review comes after. */
  ended: z.boolean(),
  ...urgency,
  people,
});

/** A pin that takes a release owner and an operator, and has the word of one. */
const PinWait = z.strictObject({
  kind: z.literal('pin'),
  line: z.string(),
  alias: z.string(),
  /** Where the alias is to go. */
  version: z.string(),
  askedBy: z.string(),
  /** In which he gave his word. */
  role: z.string(),
  reason: z.string(),
  ...urgency,
  people,
});

const ApprovalOut = z.discriminatedUnion('kind', [
  GateWait,
  PromotionWait,
  ProposalWait,
  ExceptionWait,
  ReviewWait,
  PinWait,
]);
export type ApprovalOut = z.infer<typeof ApprovalOut>;

const BlockedOut = z.strictObject({
  iteration: z.string(),
  state: State,
  to: State,
  /** All that has to be mended before signatures can move it. */
  reasons: z.array(ReasonOut).readonly(),
  ...urgency,
  /** Who can mend it; empty where others have to act first. */
  people,
  /** Gates that will wait for signatures then. */
  then: z
    .array(
      z.strictObject({
        gate: GateName,
        /** The owner of the change whose seat at the gate this is; null: the gate's own. */
        owner: z.string().nullable(),
        has: z.int().min(0),
        of: z.int().min(1),
        people,
      }),
    )
    .readonly(),
});
export type BlockedOut = z.infer<typeof BlockedOut>;

const ObjectionOut = z.strictObject({
  /** `line@version`; null where it is about a change. */
  iteration: z.string().nullable(),
  /** Full id of the change; null where it is about an iteration. */
  change: z.string().nullable(),
  /** Patterns of the lines whose rules the change touches. */
  lines: z.array(z.string()).readonly(),
  gate: GateName.nullable(),
  entry: z.string(),
  act: z.string(),
  principal: z.string(),
  time: z.string(),
  reason: z.string(),
  /** It is about a step that was taken, or a change in force: nothing is built on that until it is settled. */
  contests: z.boolean(),
  /** What was done in answer; nothing is settled before somebody has looked. */
  answers: z
    .array(z.strictObject({ act: z.string(), principal: z.string(), time: z.string(), entry: z.string() }))
    .readonly(),
  /** Whose turn it is, in words. */
  sentence: z.string(),
  people,
});
export type ObjectionOut = z.infer<typeof ObjectionOut>;

const StaleOut = z.strictObject({
  iteration: z.string(),
  gate: GateName,
  principal: z.string(),
  time: z.string(),
  entry: z.string(),
  why: ReasonOut,
  people,
});
export type StaleOut = z.infer<typeof StaleOut>;

const TaintedOut = z.strictObject({
  iteration: z.string(),
  state: State,
  entries: z
    .array(
      z.strictObject({
        entry: z.string(),
        act: z.string(),
        principal: z.string(),
        role: z.string(),
        time: z.string(),
        /** The role in which somebody vouches for it. */
        voucher: z.string(),
      }),
    )
    .readonly(),
  people,
});
export type TaintedOut = z.infer<typeof TaintedOut>;

const ExpiringOut = z.strictObject({
  kind: z.enum(['role', 'key', 'check', 'approval', 'evaluation', 'document']),
  principal: z.string(),
  /** The grant in words, the fingerprint of the key, or what ends, and of which iteration. */
  what: z.string(),
  /** Patterns of the lines of the grant; empty for a key. */
  lines: z.array(z.string()).readonly(),
  roles: z.array(z.string()).readonly(),
  /** Whole days left; null where it has ended, and nothing else of the person can sign. */
  days: z.int().min(0).nullable(),
  /** How many things above wait for the person. */
  waiting: z.int().min(0),
  command: z.string(),
});
export type ExpiringOut = z.infer<typeof ExpiringOut>;

const MachineOut = z.strictObject({
  iteration: z.string(),
  waitsFor: z.enum(['evaluation', 'export']),
  has: z.int().min(0),
  of: z.int().min(1),
  since: z.string(),
  people,
});
export type MachineOut = z.infer<typeof MachineOut>;

/** What waits, without the ground it stands on. */
export const QueueRows = z.strictObject({
  approvals: z.array(ApprovalOut).readonly(),
  blocked: z.array(BlockedOut).readonly(),
  objections: z.array(ObjectionOut).readonly(),
  stale: z.array(StaleOut).readonly(),
  tainted: z.array(TaintedOut).readonly(),
  /** Changes in force that were approved with a stolen key. */
  taintedChanges: z.array(ReasonOut).readonly(),
  held: z.array(HeldOut).readonly(),
  expiring: z.array(ExpiringOut).readonly(),
  machines: z.array(MachineOut).readonly(),
});
export type QueueRows = z.infer<typeof QueueRows>;

export const QueueOutput = z.strictObject({
  schema: z.literal('modelsmith/out/queue/v1'),
  answer: z.enum(['yes', 'no']),
  demonstration: z.boolean(),
  tip: z.string(),
  /** The commit whose state is shown. */
  shown: z.string(),
  findings: z.int().min(0),
  /** When: ages, due times and grants are measured at it. */
  at: z.string(),
  /** What was asked for; null for everybody, every role, every line. */
  asked: z.strictObject({
    principal: z.string().nullable(),
    role: z.string().nullable(),
    line: z.string().nullable(),
  }),
  ...QueueRows.shape,
});
