import { performance } from 'node:perf_hooks';
import type { EntryId, PrincipalName, RepositoryId } from '../../domain/names.ts';
import { readAddress } from '../../domain/remote-address.ts';
import type { Principal } from '../../domain/signers.ts';
import type { Put } from '../../machine/act.ts';
import type { ScratchFolder } from '../../ports/scratch.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import { runProgram } from '../program.ts';
import type { Verb } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { explain } from '../shared/explaining/explain.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import type { Workspace } from '../shared/opening/workspace.ts';
import { DrillCopy } from './copy.ts';
import { at } from './lift.ts';
import { StepFailed, type Cast } from './play.ts';

/** Where a drill is played, and by whom. */
export interface Stage {
  readonly context: Context;
  readonly workspace: Workspace;
  readonly scratch: ScratchFolder;
  readonly verbs: readonly Verb[];
  readonly remote: string | null;
  readonly puts: readonly Put[];
  readonly runner: Principal;
  readonly signer: CommitSigner;
  readonly keyFile: string | null;
}

type Lift = (run: Cast['run'], copy: DrillCopy, override: EntryId) => Promise<readonly PrincipalName[]>;

/** Everything of a drill that reaches the world, with the real commands. */
export function castOf(
  { context, workspace, scratch, verbs, remote, puts, runner, signer, keyFile }: Stage,
  lift: Lift,
): Cast & { copied(): RepositoryId | null } {
  let copied: RepositoryId | null = null;
  const run: Cast['run'] = async (copy, words) => {
    const { directory, root } = at(copy);
    const signs = words[1] === 'revoke-signer' ? '--by' : '--as';
    const file = keyFile === null ? [] : ['--key-file', context.files.absolute(keyFile)];
    const all = [...words, '-C', directory, '--root', root, signs, runner.id, ...file];
    return await runProgram(all, copy.context, verbs);
  };
  const start: Cast['start'] = async () => {
    const order = { folder: scratch.path, of: workspace, signer, runner, puts, remote };
    const made = await DrillCopy.make(context, order);
    if (!(made instanceof DrillCopy))
      throw new StepFailed(made.map((reason) => explain(reason).sentence).join('\n'));
    copied = made.id;
    await guard(made, verbs);
    const why = await made.push();
    if (why !== null) throw new StepFailed(why);
    return made;
  };
  return {
    start,
    run,
    lift: (copy, override) => lift(run, copy, override),
    say: (text) => context.terminal.say(text),
    clock: () => performance.now(),
    copied: () => copied,
  };
}

/** Puts the hook into the remote; where that is on another machine, whoever runs that does. */
async function guard(copy: DrillCopy, verbs: readonly Verb[]): Promise<void> {
  const { pushTo } = copy.remote;
  const root = printTrustRoot(copy.root);
  const words = ['hook', 'install', '-C', pushTo, '--root', root, '--guard', 'main'];
  const read = readAddress(pushTo);
  if (read.ok && read.address.kind === 'file') {
    const code = await runProgram(words, copy.context, verbs);
    if (code !== 0) throw new StepFailed(`modelsmith hook install ended with ${code}`);
    return;
  }
  const { terminal } = copy.context;
  terminal.say('The remote is on another machine. Have the hook put into it there:');
  terminal.say(`  modelsmith hook install -C <repository> --root ${root} --guard main`);
  await terminal.ask('Enter once it is there:');
}
