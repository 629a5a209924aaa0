import { CannotTell } from '../../base/errors.ts';
import type { RepositoryId } from '../../domain/names.ts';
import { POLICY_FILE } from '../../domain/paths.ts';
import type { Reason } from '../../domain/reason.ts';
import { readAddress } from '../../domain/remote-address.ts';
import type { Principal } from '../../domain/signers.ts';
import { fileAt } from '../../domain/tree.ts';
import { commitPayload } from '../../evidence/commit-bytes.ts';
import type { TrustRoot } from '../../evidence/trust-root.ts';
import { writeCommit } from '../../evidence/write-commit.ts';
import type { Put } from '../../machine/act.ts';
import type { Upstream } from '../../ports/remote.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import type { Context } from '../shared/context.ts';
import { repositoryFile } from '../shared/opening/repository-file.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { openWorkspace, type Workspace } from '../shared/opening/workspace.ts';

export const MAIN = 'refs/heads/main';

export interface CopyOrder {
  /** An empty folder for everything that goes when the drill is over. */
  readonly folder: string;
  /** The repository that is copied, verified. */
  readonly of: Workspace;
  /** Who signs the new root. */
  readonly signer: CommitSigner;
  readonly runner: Principal;
  /** What of the law is otherwise in the copy: nothing, but where keys of nobody take the place of people's. */
  readonly puts: readonly Put[];
  /** An address to push to instead of a folder made for it. */
  readonly remote: string | null;
}

const ownRemote = (folder: string): string => `${folder}/remote.git`;

/** A copy of a repository with a root and an id of its own, and where it is pushed to. */
export class DrillCopy {
  /** The world as the drill sees it: nobody's memory and settings, and the root of the copy instead of any other. */
  readonly context: Context;
  readonly id: RepositoryId;
  readonly root: TrustRoot;
  /** A clone without a work tree in which the commands run. */
  readonly directory: string;
  readonly remote: Upstream;
  private readonly repository: GitRepository;
  private readonly folder: string;
  private looks = 0;

  private constructor(made: {
    context: Context;
    id: RepositoryId;
    root: TrustRoot;
    directory: string;
    remote: Upstream;
    repository: GitRepository;
    folder: string;
  }) {
    this.context = made.context;
    this.id = made.id;
    this.root = made.root;
    this.directory = made.directory;
    this.remote = made.remote;
    this.repository = made.repository;
    this.folder = made.folder;
  }

  /**
   * Starts the copy: the whole history comes along, and on top of it a commit with another id of the repository, signed
   * by the person who drills. @returns why that commit is no root where it is none.
   */
  static async make(
    context: Context,
    { folder, of, signer, runner, puts, remote }: CopyOrder,
  ): Promise<DrillCopy | readonly Reason[]> {
    const { facts, verification } = of;
    const { tip } = verification;
    const directory = `${folder}/copy.git`;
    const repository = await context.git.init(directory, facts.objectFormat, true);
    await bring(repository, facts.commonDir, tip, of.ref);
    const own = ownRemote(folder);
    if (remote === null) await context.git.init(own, facts.objectFormat, true);
    const there = await addressed(context, repository, remote ?? own);
    const { id, put } = repositoryFile(context, 'drill-', tip);
    const { name, email } = runner;
    const result = await writeCommit(repository, context.verifier, signer, {
      ref: MAIN,
      parent: null,
      onto: tip,
      puts: [put, ...puts],
      message: `Found ${id}, a copy for a drill, on the evidence of ${tip}`,
      author: { name, email: email ?? `${runner.id}@modelsmith.invalid` },
      now: context.now(),
    });
    if (result.kind === 'refused') return result.reasons;
    const root = { commit: result.commit, signer: signer.primary };
    return new DrillCopy({
      ...{ id, root, directory, repository, folder, remote: there },
      context: inDrill(context, root),
    });
  }

  /** Whether it is pushed to a folder made for it, which nobody reaches from elsewhere. */
  get hasOwnRemote(): boolean {
    return this.remote.pushTo === ownRemote(this.folder);
  }

  /** Pushes what the copy has. @returns null, or why it was not taken. */
  async push(): Promise<string | null> {
    const commit = await this.tip();
    return await this.pushed(commit);
  }

  /** Pushes an edit of the policy that nobody signed. @returns null where it was refused, or what happened instead. */
  async pushForged(): Promise<string | null> {
    const { world } = await this.look();
    const tip = await this.tip();
    const policy = fileAt(world.tree, POLICY_FILE)?.bytes ?? new Uint8Array();
    const bytes = new Uint8Array([...policy, ...new TextEncoder().encode('# edited by nobody\n')]);
    const tree = await this.repository.stageTree(tip, [{ path: POLICY_FILE, bytes }], []);
    const author = { name: 'nobody', email: 'nobody@modelsmith.invalid' };
    const payload = commitPayload({
      ...{ tree, parents: [tip], author, now: this.context.now() },
      message: 'Edit the policy without a signature',
    });
    const forged = await this.repository.writeCommit(payload);
    return (await this.pushed(forged)) === null ? 'the remote took an edit that nobody signed' : null;
  }

  /** What somebody finds who fetches everything anew. @throws CannotTell where that cannot be judged. */
  async look(): Promise<Workspace> {
    this.looks += 1;
    const directory = `${this.folder}/look-${this.looks}.git`;
    const { objectFormat } = await this.repository.facts();
    const fresh = await this.context.git.init(directory, objectFormat, true);
    const found = await fresh.remotes.fetch({ from: this.remote, refs: [MAIN], have: [] });
    const commit = found.get(MAIN);
    if (commit === undefined)
      throw new CannotTell('NO_INPUT', 'the remote of the drill has no branch main any more');
    await fresh.advance(MAIN, null, commit);
    const root = printTrustRoot(this.root);
    const workspace = await openWorkspace(this.context, { directory, root, branch: null });
    if (workspace.verification.findings.length > 0)
      throw new CannotTell('BAD_DATA', 'what the remote of the drill has is not valid', {
        facts: workspace.verification.findings.map(({ commit: of, reason: { code } }) => `${of}: ${code}`),
      });
    return workspace;
  }

  /** Takes in what others pushed. */
  async pull(): Promise<void> {
    const found = await this.repository.remotes.fetch({ from: this.remote, refs: [MAIN], have: [] });
    const [before, commit] = [await this.tip(), found.get(MAIN)];
    if (commit !== undefined && commit !== before) await this.repository.advance(MAIN, before, commit);
  }

  private async tip(): Promise<string> {
    const tip = await this.repository.resolve(MAIN);
    if (tip === null) throw new Error('a copy without a branch');
    return tip;
  }

  private async pushed(commit: string): Promise<string | null> {
    const { terminal } = this.context;
    const onProgress = (): void => terminal.progress('pushing');
    const result = await this.repository.remotes.push({ to: this.remote, commit, ref: MAIN, onProgress });
    terminal.progress('');
    if (result.kind === 'pushed' || result.kind === 'same') return null;
    return result.kind === 'moved'
      ? 'the remote of the drill stands elsewhere'
      : ['the remote did not take it', ...result.words].join('\n');
  }
}

/** The objects of the repository that is copied, and a branch that stands where its does. */
async function bring(
  repository: GitRepository,
  from: string,
  tip: string,
  ref: string | null,
): Promise<void> {
  const upstream = await repository.remotes.upstream(MAIN, from);
  if (upstream === null || ref === null) throw new Error('a repository without a branch is not drilled');
  const found = await repository.remotes.fetch({ from: upstream, refs: [ref], have: [] });
  if (found.get(ref) !== tip)
    throw new CannotTell('RACE_LOST', 'the branch moved while it was copied', { remedy: 'run this again' });
  await repository.advance(MAIN, null, tip);
}

/**
 * Where the copy is pushed to. Nothing may lie there: a drill never writes to what others use.
 * @throws CannotTell USAGE, NOT_PERMITTED.
 */
async function addressed(context: Context, repository: GitRepository, given: string): Promise<Upstream> {
  const read = readAddress(given);
  const isFolder = read.ok && read.address.kind === 'file';
  const address = isFolder ? context.files.absolute(read.address.path) : given;
  const upstream = await repository.remotes.upstream(MAIN, address);
  if (upstream === null) throw new CannotTell('USAGE', `there is no remote at ${given}`);
  const there = await repository.remotes.fetch({ from: upstream, refs: ['refs/'], have: [] });
  if (there.size === 0) return upstream;
  throw new CannotTell('NOT_PERMITTED', 'the remote of a drill has to be empty, and this one is in use', {
    facts: [...there.keys()].slice(0, 5),
    remedy: 'git init --bare <folder>   (and name it with --remote)',
  });
}

function inDrill(context: Context, root: TrustRoot): Context {
  const { environment } = context;
  const kept = ['MODELSMITH_KEY_FILE', 'MODELSMITH_KEY_PASSPHRASE'];
  return {
    ...context,
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => kept.includes(name))),
    trust: {
      file: 'this drill’s memory (your own configuration is left alone)',
      rootOf: () => Promise.resolve(root),
      pin: () => Promise.resolve(),
      move: () => Promise.resolve(),
    },
    settings: { file: 'none', load: () => Promise.resolve(null) },
    drafts: null,
    tips: null,
  };
}
