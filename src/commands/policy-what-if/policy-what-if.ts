import * as z from 'zod';
import { whatIf } from '../../analysis/what-if.ts';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import type { Law } from '../../machine/law.ts';
import { proposedLaw } from '../../machine/changes.ts';
import { bumped, versionIn } from '../shared/intake/bump-version.ts';
import { CHANGE_ARGUMENT, changeName, ChangeStart, pickChange } from '../shared/changes/change-pick.ts';
import type { Command, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { examinePolicy } from '../shared/changes/examine-policy.ts';
import { groundOf } from '../shared/views/notices.ts';
import { policyFolder } from '../shared/changes/policy-folder.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { openWorkspace, type Workspace } from '../shared/opening/workspace.ts';
import { whatIfLines, whatIfOut } from './what-if-view.ts';

const Input = z
  .object({ change: ChangeStart.nullable().default(null), policy: z.string().nullable().default(null) })
  .refine(({ change, policy }) => change === null || policy === null, {
    path: ['policy'],
    message: 'and a change exclude each other',
  });

type Refused = Extract<Outcome, { kind: 'refused' }>;
interface Meant {
  readonly law: Law;
  /** What it is called in the first line. */
  readonly name: string;
}

/** The whole history gone through again under another policy. */
export const policyWhatIf: Command<z.infer<typeof Input>> = {
  name: 'policy what-if',
  group: 'policy',
  summary: 'what would have been otherwise, and would be now, under a proposed policy',
  description:
    'Every request and every step of people is judged again, under the policy in force and under the proposed one, each as\n' +
    'if people had signed under it what they did sign; what only one of the two refuses is told. Nothing that was decided\n' +
    'changes: a policy never works backwards. Documents are taken as they are now, exceptions as they were.',
  arguments: [CHANGE_ARGUMENT],
  options: [
    {
      flags: '--policy <folder>',
      description: 'a policy that is not proposed yet: policy.yaml, signers.yaml, keys/ and rubrics/',
    },
  ],
  examples: ['modelsmith policy what-if 3f2a', 'modelsmith policy what-if --policy my-policy'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { change, policy }, common) => {
    const workspace = await openWorkspace(context, common);
    const { world, valid } = workspace;
    const at = Math.max(context.now(), valid.clock);
    const meant =
      policy === null ? ofChange(workspace, change) : await ofFolder(context, workspace, policy, at);
    if ('kind' in meant) return meant;
    const found = whatIfOut(whatIf(world.law, meant.law, world.tree, at));
    const ground = groundOf(context, workspace);
    return {
      kind: ground.kind,
      json: { ...ground.json, proposal: meant.name, policyVersion: world.law.policy.version, ...found },
      text: ({ columns, color }) =>
        [...ground.head, ...whatIfLines(meant.name, found, styleOf(color), Math.min(columns, 100))].join(
          '\n',
        ),
    };
  },
};

function ofChange({ world }: Workspace, change: z.infer<typeof Input>['change']): Meant | Refused {
  const picked = pickChange(
    world,
    change,
    'nothing can be gone through again',
    'modelsmith policy what-if --policy <folder>   (one that is not proposed yet)',
  );
  if ('kind' in picked) return picked;
  const { id, kind } = picked.each.change;
  if (kind !== 'policy')
    throw new CannotTell('USAGE', `${changeName(id)} changes no policy`, {
      remedy: 'modelsmith policy list',
    });
  const law = proposedLaw(world.tree, id);
  if (law.ok) return { law: law.value, name: changeName(id) };
  const [{ place, message }] = law.problems;
  throw new CannotTell('BAD_DATA', `${place.file} ${message}`, { place });
}

async function ofFolder(
  context: Context,
  { world }: Workspace,
  folder: string,
  at: number,
): Promise<Meant | Refused> {
  const read = await policyFolder(context, folder);
  const files = versionIn(read) === world.law.policy.version ? bumped(world.law, read) : read;
  const { examined, reasons } = await examinePolicy(context, world, files, at);
  // What cannot be read cannot be gone through; what merely could not be proposed can.
  if (examined !== null) return { law: examined.law, name: `the policy in ${folder}` };
  if (isNonEmpty(reasons)) return { kind: 'refused', headline: 'this policy cannot be read', reasons };
  throw new Error('a policy without problems that cannot be read');
}
