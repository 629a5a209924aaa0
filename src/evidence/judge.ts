import { bundleFolder, RECORD } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { filesUnder, type TreeFolder } from '../domain/tree.ts';
import { inForceAfter, inForceAt } from '../judge/in-force.ts';
import { judgeCommit } from '../judge/judge-commit.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from '../judge/judgement.ts';
import { judgeMerge } from '../judge/judge-merge.ts';
import { judgeRoot } from '../judge/judge-root.ts';
import { forget } from '../machine/trusted-files.ts';
import type { CommitFacts } from './commit-facts.ts';
import { ahead } from './ahead.ts';
import type { HistoryCommit, HistoryStep } from './history.ts';
import { JudgedHistory, outsideParent, type JudgedCommit } from './lineage.ts';
import { narrowsIn } from './narrows.ts';
import type { TrustRoot } from './trust-root.ts';

/** Commits that are read while others before them are judged; threads that look at signatures need some so as not to wait. */
const COMMITS_AHEAD = 96;

/** Trees that are read ahead where each is asked for, since git answers many questions at once faster. */
const TREES_AHEAD = 16;

/** Of each kind so many reasons as somebody might read. */
const MOST_OF_A_CODE = 100;

export interface JudgeOptions {
  readonly root: TrustRoot;
  /** Seconds since 1970. */
  readonly now: number;
  /** Commits that a repair named, with its time: they are judged as they were then, for ever. */
  readonly asOf?: ReadonlyMap<string, number>;
  /** Whether an approved change in the history names this root as the one to go on from; asked where it makes a difference. */
  readonly rootWasMoved?: () => Promise<boolean>;
  /** Judged before by the same root, all that comes before them too, and valid: what is valid stays so. */
  readonly known?: ReadonlyMap<string, JudgedCommit>;
  /** Objects come by themselves, so nothing is asked for ahead. */
  readonly follows?: boolean;
  /** Only the tip is looked at afterwards, so what lies in commits that nothing builds on any more is let go of. */
  readonly tipOnly?: boolean;
}

/** Judges commits one after the other, parents first, and keeps what was judged for their children. */
export class Judge {
  readonly history: JudgedHistory;
  private readonly facts: CommitFacts;
  private readonly options: JudgeOptions;

  constructor(
    facts: CommitFacts,
    options: JudgeOptions,
    history: JudgedHistory = new JudgedHistory(options.root.commit),
  ) {
    this.facts = facts;
    this.options = options;
    this.history = history;
  }

  /** One that goes on from what was judged, and whose reading takes nothing from the allowance of this one. */
  apart(): Judge {
    return new Judge(this.facts.anew(), this.options, this.history);
  }

  /** From now on reading has the whole allowance again. */
  allowAnew(): void {
    this.facts.allowAnew();
  }

  /** Judges commits whose parents were judged or come before them. @param onEach called after each. */
  async judgeAll(steps: readonly HistoryStep[], onEach: () => void): Promise<void> {
    const { follows = false, tipOnly = false } = this.options;
    const read = ahead(steps, COMMITS_AHEAD, async (step) => {
      const entry = this.known(step) === null ? await this.facts.commitOf(step) : null;
      // To start threads for a short history takes longer than its signatures.
      if (entry !== null && follows) this.facts.foresee(entry);
      return { step, entry };
    });
    const begun = ahead(read, follows ? 0 : TREES_AHEAD, async ({ step, entry }) => {
      if (entry !== null && !follows) await this.facts.beginTree(entry);
      return { step, entry };
    });
    const narrows = tipOnly ? narrowsIn(steps) : null;
    let hasVoid = false;
    for await (const { step, entry } of begun) {
      const known = this.known(step);
      if (known !== null && !this.isOnVoid(step)) await this.takeOver(step, known);
      else await this.judge(entry ?? (await this.facts.commitOf(step)));
      const at = this.history.length - 1;
      hasVoid ||= this.history.judged.get(step.id)?.void === true;
      // What is void and what was before it is looked at again when everything is judged.
      if (!hasVoid && narrows?.(at) === true) this.history.letGoBefore(at);
      onEach();
    }
  }

  /** The root is always judged: what is known was judged from it. */
  private known({ id }: HistoryStep): JudgedCommit | null {
    return id === this.options.root.commit ? null : (this.options.known?.get(id) ?? null);
  }

  private isOnVoid({ parents }: HistoryStep): boolean {
    return parents.some((parent) => this.history.judged.get(parent)?.void === true);
  }

  private async takeOver(step: HistoryStep, known: JudgedCommit): Promise<void> {
    const guarded = await this.facts.guardedOf(step, known.tree);
    const force = inForceAt(known.id, known.tree, guarded, known.clock);
    this.history.add({ ...known, guarded, force });
  }

  async judge(entry: HistoryCommit): Promise<JudgedCommit> {
    const { id, commit, fault } = entry;
    const isRoot = id === this.options.root.commit;
    const parents = isRoot
      ? []
      : entry.parents.map((parent): JudgedParent => this.history.judged.get(parent) ?? outsideParent(parent));
    if (commit === null) {
      const content = await this.facts.contentOf(entry.tree);
      return this.keep(entry, { ...content, signature: null }, parents, unreadable(fault, parents));
    }
    const under = await this.facts.gather(id, commit, isRoot ? null : parents);
    return this.keep(
      entry,
      under,
      parents,
      isRoot ? await this.judgeRoot(under) : this.judgeBelow(under, parents),
    );
  }

  /** What lies beside the root's line may be anything but governed. */
  async outside(
    steps: readonly HistoryStep[],
  ): Promise<readonly { readonly id: string; readonly reason: Reason }[]> {
    const found: { id: string; reason: Reason }[] = [];
    for await (const { id, commit, fault } of ahead(steps, TREES_AHEAD, (step) =>
      this.facts.commitOf(step),
    )) {
      if (fault !== null) found.push({ id, reason: fault });
      const tree = commit === null ? null : await this.facts.treeOf(commit);
      if (tree === null || tree.children.size > 0)
        found.push({ id, reason: reason('OUTSIDE_ROOT', { root: this.options.root.commit }) });
    }
    return found;
  }

  private async judgeRoot(under: CommitUnderJudgement): Promise<Judgement> {
    const { root, now, rootWasMoved } = this.options;
    const founding = judgeRoot(under, root.signer, now);
    if (!founding.reasons.some(({ code }) => code === 'ROOT_NOT_BARE')) return founding;
    return (await rootWasMoved?.()) === true ? judgeRoot(under, root.signer, now, true) : founding;
  }

  private judgeBelow(under: CommitUnderJudgement, parents: readonly JudgedParent[]): Judgement {
    const [parent, other] = parents;
    if (parent === undefined) throw new Error(`${under.id} is after the root and has no parent`);
    const now = Math.min(this.options.now, this.options.asOf?.get(under.id) ?? Infinity);
    if (other === undefined) return judgeCommit(under, parent, now, this.history);
    return judgeMerge(under, parents, () => this.history.meeting(parent, other), this.history);
  }

  private async keep(
    entry: HistoryCommit,
    { tree, guarded, signature }: Pick<CommitUnderJudgement, 'tree' | 'guarded' | 'signature'>,
    parents: readonly JudgedParent[],
    { reasons, ...rest }: Judgement,
  ): Promise<JudgedCommit> {
    const { id } = entry;
    const judgement = { ...rest, reasons: told(reasons) };
    const isVoid = reasons.length > 0;
    const force = isVoid
      ? inForceAfter(
          parents.map((parent) => parent.force),
          judgement.imposed,
          this.history,
        )
      : inForceAt(id, tree, guarded, judgement.clock);
    const judged: JudgedCommit = {
      id,
      tree,
      guarded,
      void: isVoid,
      clock: judgement.clock,
      force,
      unseconded: judgement.unseconded ?? null,
      parents: entry.parents,
      judgement,
      signedAt: signature?.kind === 'good' ? signature.time : null,
      signedWith: signature?.kind === 'good' ? signature.key : null,
      ...(!isVoid && { ends: await this.facts.endsIn(tree) }),
    };
    this.history.add(judged);
    if (!isVoid) forgetRetired(judgement, tree);
    return judged;
  }
}

/** Nearly all iterations of a long history are retired, and of those hardly more than the record is asked for again. */
function forgetRetired({ acts }: Judgement, tree: TreeFolder): void {
  for (const act of acts) {
    if (act.kind !== 'deprecate') continue;
    const files = filesUnder(tree, bundleFolder(act.iteration));
    forget(files.flatMap(([name, file]) => (name === RECORD ? [] : [file])));
  }
}

function told(reasons: readonly Reason[]): readonly Reason[] {
  const counts = new Map<string, number>();
  return reasons.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MOST_OF_A_CODE;
  });
}

function unreadable(fault: Reason | null, parents: readonly JudgedParent[]): Judgement {
  return {
    kind: 'governed',
    reasons: fault === null ? [] : [fault],
    clock: Math.max(0, ...parents.map((parent) => parent.clock)),
    signer: null,
    key: null,
    acts: [],
    expires: null,
    imposed: new Map(),
  };
}
