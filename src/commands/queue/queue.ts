import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { LinePattern } from '../../domain/line-pattern.ts';
import { PrincipalName, toTime } from '../../domain/names.ts';
import { Role } from '../../domain/roles.ts';
import { keyringOf } from '../../evidence/certificates.ts';
import { principalNamed, type Law } from '../../machine/law.ts';
import type { Command, CommonOptions, Outcome, View } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { keyEnds } from '../shared/opening/key-ends.ts';
import { brief } from '../shared/terminal/layout.ts';
import { groundOf } from '../shared/views/notices.ts';
import { findWho } from '../shared/opening/who.ts';
import { lookAtTip, openTip, type Tip } from '../shared/opening/workspace.ts';
import { isAskedLine, onlyAsked, type Asked } from './filter.ts';
import { queueRows } from './rows.ts';
import { queueText } from './text.ts';
import { needScreen, watch } from './watch.ts';

const EVERY_SECONDS = 5;

const Input = z.object({
  mine: z.boolean().default(false),
  as: PrincipalName.optional(),
  role: Role.optional(),
  line: LinePattern.optional(),
  watch: z
    .union([z.literal(true), z.string().regex(/^[1-9]\d{0,3}$/, 'must be seconds, from 1 to 9999')])
    .transform((given) => (given === true ? EVERY_SECONDS : Number(given)))
    .optional(),
});
type Input = z.infer<typeof Input>;

/** What waits for whom and why, most urgent first. */
export const queue: Command<Input> = {
  name: 'queue',
  group: 'people',
  summary: 'what waits for whom, and why',
  description:
    'Approvals that wait for a person, most urgent first: expedited, overdue, by due date, by age. Then objections and whose\n' +
    'turn it is, what is blocked, approvals to be looked at again, what a stolen key made, and roles and keys that end within\n' +
    '60 days. What waits for machines is told last. Reads only.',
  arguments: [],
  options: [
    { flags: '--mine', description: 'only what waits for you: whose private key is here' },
    { flags: '--as <principal>', description: 'only what waits for this person; takes no key' },
    { flags: '--role <role>', description: 'only what waits for a holder of this role' },
    { flags: '--line <line>', description: 'only these lines, such as claims-triage or claims-*' },
    {
      flags: '--watch [seconds]',
      description: `draw it anew when something has moved, looking every ${EVERY_SECONDS} seconds; Ctrl-C ends`,
    },
  ],
  examples: ['modelsmith queue --mine', 'modelsmith queue --role operator --line "claims-*"'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    if (input.watch !== undefined) {
      await keepWatching(context, input, common, input.watch);
      return { kind: 'yes', json: {}, text: () => '', printed: true };
    }
    return await lookAtTip(context, common, (tip) => waiting(context, input, common, tip));
  },
};

async function waiting(
  context: Context,
  input: Input,
  common: CommonOptions,
  workspace: Tip,
): Promise<Outcome> {
  const asked = await askedFor(context, workspace.world.law, input, common);
  const ground = groundOf(context, workspace);
  const { at, rows } = await look(context, workspace, asked);
  // A clone made for an address was brought up to date a moment ago.
  const isShared = common.address === undefined && (await isSharedWithOthers(workspace));
  return {
    kind: ground.kind,
    json: { ...ground.json, at: toTime(at), asked, ...rows },
    text: (view) => [...ground.head, ...queueText(rows, asked, at, view, isShared)].join('\n'),
  };
}

/** Not where that cannot be told: what waits is told all the same. */
async function isSharedWithOthers({ repository, ref }: Tip): Promise<boolean> {
  try {
    return ref !== null && (await repository.remotes.upstream(ref, null)) !== null;
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return false;
  }
}

async function look(context: Context, { world, valid }: Tip, asked: Asked) {
  const at = Math.max(context.now(), valid.clock);
  const ends = await keyEnds(context.verifier, keyringOf(world.tree), at);
  return { at, rows: onlyAsked(queueRows(world, ends, at, isAskedLine(asked)), asked) };
}

/** @throws CannotTell NO_INPUT where nobody is called so, NO_SIGNER where no key is here that is enrolled. */
async function askedFor(
  context: Context,
  law: Law,
  { mine, as, role, line }: Input,
  common: CommonOptions,
): Promise<Asked> {
  if (as !== undefined && principalNamed(law, as) === null)
    throw new CannotTell('NO_INPUT', `${as} is not enrolled here`, { remedy: 'modelsmith signer list' });
  const found = as ?? (mine ? (await findWho(context, law, common)).principal.id : null);
  return { principal: found, role: role ?? null, line: line ?? null };
}

async function keepWatching(
  context: Context,
  input: Input,
  common: CommonOptions,
  every: number,
): Promise<void> {
  const screen = needScreen(context, common);
  const { terminal } = context;
  let asked: Asked | null = null;
  await watch(context, common, { screen, every }, async () => {
    // What is said beside a result would be gone with the next picture, so it becomes a part of it.
    const said: string[] = [];
    const heard: Context = { ...context, terminal: { ...terminal, say: (text) => void said.push(text) } };
    const workspace = await openTip(heard, common);
    asked ??= await askedFor(context, workspace.world.law, input, common);
    const whose = asked;
    const { head } = groundOf(heard, workspace);
    return {
      lines: async (columns) => {
        const { at, rows } = await look(context, workspace, whose);
        const view: View = { columns, color: terminal.color && !common.plain };
        const where = `${workspace.ref ?? common.branch ?? 'HEAD'} at ${brief(workspace.verification.tip)}`;
        return [
          `watching ${where}, ${toTime(context.now())}; Ctrl-C ends`,
          ...said,
          ...head,
          ...queueText(rows, whose, at, view),
        ];
      },
    };
  });
}
