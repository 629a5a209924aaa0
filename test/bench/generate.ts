import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackagedFile } from '../../src/domain/model-manifest.ts';
import {
  LineName,
  toIterationId,
  toSeconds,
  Version,
  type Iteration,
  type IterationId,
  type Time,
} from '../../src/domain/names.ts';
import type { TreeFolder, TreeNode } from '../../src/domain/tree.ts';
import { commitPayload, withSignature } from '../../src/evidence/commit-bytes.ts';
import type { Act, Put } from '../../src/machine/act.ts';
import { apply, decide } from '../../src/machine/decide.ts';
import { lawOf, principalNamed } from '../../src/machine/law.ts';
import { assemble, MEMBERS, type Crew, type Member } from './crew.ts';
import { lawTree } from './law.ts';
import { PackWriter } from './pack.ts';
import { Plays, type Play } from './plays.ts';

/** A generated repository. */
export interface Generated {
  readonly directory: string;
  /** `commit:fingerprint`, as `--root` takes it. */
  readonly root: string;
  readonly tip: string;
  /** The tip without its newest signed commit. */
  readonly before: string;
  readonly commits: number;
  readonly iterations: number;
  /** Public keys of everybody, armored. */
  readonly keyring: string;
}

const START = toSeconds('2024-01-01T00:00:00Z' as Time);
const MINUTES = 8;
/** Iterations a line gets before the next is opened: organisations get more lines, not lines without end. */
const ITERATIONS_OF_A_LINE = 200;
const OPEN_AT_ONCE = 24;
const POLICY_EVERY = 2500;
const OVERRIDE_EVERY = 400;
const MERGE_EVERY = 25;
const UNGOVERNED_EVERY = 40;

/**
 * Writes a history of so many commits under `folder`, or finds the one written before. Everything in it is allowed: each
 * act is decided by the machine and signed by whoever may.
 */
export async function generated(
  folder: string,
  commits: number,
  say: (text: string) => void,
): Promise<Generated> {
  const directory = join(folder, `history-${FORMAT}-${commits}`);
  const about = join(directory, 'bench.json');
  if (!existsSync(about)) {
    const fresh = `${directory}.new`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    const made = await new Writing(fresh, await assemble(START - 3600), say).write(commits);
    writeFileSync(join(fresh, 'bench.json'), JSON.stringify(made));
    renameSync(fresh, directory);
  }
  const { default: found } = (await import(about, { with: { type: 'json' } })) as { default: Generated };
  return { ...found, directory };
}

/** A repository in which one adapter waits for being exported. */
export interface Waiting {
  readonly directory: string;
  readonly root: string;
  readonly iteration: IterationId;
  /** The key file of the pipeline. */
  readonly keyFile: string;
}

/** Writes the history of one adapter up to where it may be exported, into a folder that is not there yet. */
export async function waitingForExport(directory: string, files: readonly PackagedFile[]): Promise<Waiting> {
  mkdirSync(directory, { recursive: true });
  const crew = await assemble(START - 3600);
  const keyFile = join(directory, 'pipeline.asc');
  writeFileSync(keyFile, crew.ci.privateArmored, { mode: 0o600 });
  return { directory, keyFile, ...(await new Writing(directory, crew, () => undefined).writeOne(files)) };
}

/** Counted up whenever other histories are to be generated. */
const FORMAT = 2;

interface Tip {
  readonly commit: string;
  readonly tree: TreeFolder;
}

/** Everything that happens to one iteration, in its order. */
interface Story {
  readonly line: LineName;
  readonly plays: Iterator<Play>;
}

class Writing {
  private readonly directory: string;
  private readonly crew: Crew;
  private readonly say: (text: string) => void;
  private readonly pack: PackWriter;
  private readonly plays: Plays;
  private readonly ids = new WeakMap<TreeNode, string>();
  private notes = '';
  private count = 0;
  private iterations = 0;
  private state = 20_240_101;

  constructor(directory: string, crew: Crew, say: (text: string) => void) {
    this.directory = directory;
    this.crew = crew;
    this.say = say;
    git(directory, 'init', '-q', '--bare', '-b', 'main', '.');
    this.pack = new PackWriter(join(directory, 'objects/pack/generated.pack'));
    this.plays = new Plays(crew);
  }

  async write(commits: number): Promise<Omit<Generated, 'directory'>> {
    let tip = await this.commit([], lawTree(this.crew), 'mia', 'Found the repository');
    const root = `${tip.commit}:${this.crew.mia.fingerprint}`;
    const open: Story[] = [];
    let policy = 1;
    let changing: Play[] = [];
    const lines = this.lines(commits);
    for (const line of lines)
      for (const play of [this.plays.baseline(line), this.plays.lock(line)]) tip = await this.play(tip, play);
    const stories = this.stories(lines);
    while (this.count < commits - 1) {
      while (open.length < OPEN_AT_ONCE) open.push(stories.next().value);
      if (this.count % POLICY_EVERY === POLICY_EVERY - 1) changing = [...this.plays.policy((policy += 1))];
      const changed = changing.shift();
      if (changed !== undefined) tip = await this.play(tip, changed);
      else if (this.count % OVERRIDE_EVERY === OVERRIDE_EVERY - 1)
        tip = await this.play(tip, this.plays.freeze(this.digits()));
      else if (this.count % UNGOVERNED_EVERY === UNGOVERNED_EVERY - 1) tip = await this.note(tip);
      else {
        const play = this.next(open, null);
        if (play === null) continue;
        const beside = this.count % MERGE_EVERY === MERGE_EVERY - 1 ? this.next(open, play.line) : null;
        tip =
          beside === null ? await this.play(tip, play.play) : await this.merge(tip, play.play, beside.play);
      }
      if (this.count % 2000 === 0) this.say(`${this.count} of ${commits} commits written`);
    }
    const before = tip.commit;
    tip = await this.play(tip, this.plays.freeze(this.digits()));
    this.close(tip);
    this.say('repacking as a server would');
    git(this.directory, 'repack', '-q', '-a', '-d', '-f');
    const keyring = MEMBERS.map((name) => this.crew[name].publicArmored).join('');
    return { root, tip: tip.commit, before, commits: this.count, iterations: this.iterations, keyring };
  }

  async writeOne(files: readonly PackagedFile[]): Promise<Pick<Waiting, 'root' | 'iteration'>> {
    const { plays } = this;
    const line = LineName.parse('line-000');
    const iteration = { line, version: Version.parse('1.0.0') };
    let tip = await this.commit([], lawTree(this.crew), 'mia', 'Found the repository');
    const root = `${tip.commit}:${this.crew.mia.fingerprint}`;
    for (const play of [
      ...[plays.baseline(line), plays.lock(line), plays.request(iteration, files)],
      ...[plays.evidence(iteration), plays.evaluate(iteration)],
    ])
      tip = await this.play(tip, play);
    this.close(tip);
    return { root, iteration: toIterationId(iteration) };
  }

  private close(tip: Tip): void {
    this.pack.close();
    git(this.directory, 'index-pack', join(this.directory, 'objects/pack/generated.pack'));
    git(this.directory, 'update-ref', 'refs/heads/main', tip.commit);
  }

  private lines(commits: number): readonly LineName[] {
    const count = Math.max(4, Math.ceil(commits / 12 / ITERATIONS_OF_A_LINE));
    return Array.from({ length: count }, (_, index) =>
      LineName.parse(`line-${String(index).padStart(3, '0')}`),
    );
  }

  /** Iterations of one line after the other, each the plays of its whole way. */
  private *stories(lines: readonly LineName[]): Generator<Story, never> {
    for (let number = 0; ; number += 1)
      for (const line of lines) {
        this.iterations += 1;
        yield { line, plays: this.story({ line, version: Version.parse(`1.${number}.0`) }) };
      }
  }

  private *story(iteration: Iteration): Generator<Play> {
    const { plays } = this;
    yield plays.request(iteration);
    yield plays.evidence(iteration);
    yield plays.evaluate(iteration);
    yield plays.export(iteration);
    yield plays.comment(iteration, 'kim', 'operator', 'The adapter loads, and answers the first ten claims.');
    yield plays.approve(iteration, 'operator-signoff', this.one('kim', 'lee'), 'customer-deployed');
    yield plays.comment(iteration, 'dana', 'domain-expert', 'Item 7 reads better than what serves now.');
    yield plays.approve(iteration, 'domain-validation', this.one('dana', 'dan'), null);
    yield plays.approve(iteration, 'governance-approval', this.one('gus', 'gil'), 'production-validated');
    yield plays.deprecate(iteration);
  }

  /** The next play of one of them. @param not the line of which two at once would not merge. */
  private next(open: Story[], not: LineName | null): { readonly line: LineName; readonly play: Play } | null {
    const at = this.random(open.length);
    const story = open[at];
    if (story === undefined || story.line === not) return null;
    const next = story.plays.next();
    if (next.done !== true) return { line: story.line, play: next.value };
    open.splice(at, 1);
    return null;
  }

  private async play(tip: Tip, play: Play): Promise<Tip> {
    const tree = this.done(tip.tree, play).tree;
    return await this.commit([tip.commit], tree, play.by, play.title);
  }

  /** Both from the same tip, each by itself, and a merge of them that nobody signed. */
  private async merge(tip: Tip, first: Play, second: Play): Promise<Tip> {
    const one = this.done(tip.tree, first);
    const other = this.done(tip.tree, second);
    const both = apply(one.tree, other.puts);
    const a = await this.commit([tip.commit], one.tree, first.by, first.title);
    const b = await this.commit([tip.commit], other.tree, second.by, second.title);
    return await this.commit([a.commit, b.commit], both, null, 'Merge what two people did');
  }

  private async note(tip: Tip): Promise<Tip> {
    this.notes += `Seen at ${this.count}.\n`;
    return await this.commit([tip.commit], tip.tree, null, 'Note something outside of what is governed');
  }

  private done(tree: TreeFolder, { by, acts }: Play): { tree: TreeFolder; puts: readonly Put[] } {
    const now = this.now();
    const puts: Put[] = [];
    let after = tree;
    for (const make of acts) {
      const act: Act = make(after, now);
      const law = lawOf(tree);
      const principal = principalNamed(law, by);
      if (principal === null) throw new Error(`nobody is called ${by}`);
      const actor = { principal, key: this.crew[by].fingerprint, signed: now, clock: now };
      const decision = decide({ law, tree: after, before: tree }, act, actor);
      if (decision.kind === 'refused') throw new Error(`${act.kind}: ${JSON.stringify(decision.reasons)}`);
      after = apply(after, decision.puts);
      puts.push(...decision.puts);
    }
    return { tree: after, puts };
  }

  private now(): number {
    return START + this.count * MINUTES * 60;
  }

  private async commit(
    parents: readonly string[],
    tree: TreeFolder,
    by: Member | null,
    message: string,
  ): Promise<Tip> {
    const author = { name: by ?? 'forge', email: `${by ?? 'forge'}@example.org` };
    const now = this.now();
    const payload = commitPayload({ tree: this.topTree(tree), parents, author, now, message });
    const bytes =
      by === null ? payload : withSignature(payload, await this.crew[by].signer.sign(payload, now), 'sha1');
    this.count += 1;
    return { commit: this.pack.put('commit', bytes), tree };
  }

  private topTree(tree: TreeFolder): string {
    const children = new Map<string, string>(
      [...tree.children].map(([name, node]) => [name, this.entry(name, node)]),
    );
    if (this.notes !== '')
      children.set('NOTES.md', treeEntry('NOTES.md', false, this.pack.put('blob', Buffer.from(this.notes))));
    return this.putTree(children, (name) => tree.children.get(name)?.kind === 'folder');
  }

  private entry(name: string, node: TreeNode): string {
    return treeEntry(name, node.kind === 'folder', this.idOf(node));
  }

  private idOf(node: TreeNode): string {
    const known = this.ids.get(node);
    if (known !== undefined) return known;
    const id =
      node.kind === 'file'
        ? this.pack.put('blob', node.bytes)
        : this.putTree(
            new Map([...node.children].map(([name, child]) => [name, this.entry(name, child)])),
            (name) => node.children.get(name)?.kind === 'folder',
          );
    this.ids.set(node, id);
    return id;
  }

  private putTree(entries: ReadonlyMap<string, string>, isFolder: (name: string) => boolean): string {
    const keyed = [...entries].map(([name, entry]) => [isFolder(name) ? `${name}/` : name, entry] as const);
    keyed.sort(([a], [b]) => (a < b ? -1 : 1));
    return this.pack.put('tree', Buffer.from(keyed.map(([, entry]) => entry).join(''), 'latin1'));
  }

  private one(first: Member, second: Member): Member {
    return this.random(2) === 0 ? first : second;
  }

  private digits(): string {
    return Array.from({ length: 64 }, () => this.random(16).toString(16)).join('');
  }

  private random(below: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    return Math.floor((this.state / 2 ** 32) * below);
  }
}

function treeEntry(name: string, isFolder: boolean, id: string): string {
  return `${isFolder ? '40000' : '100644'} ${name}\0${Buffer.from(id, 'hex').toString('latin1')}`;
}

function git(directory: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync('git', ['-C', directory, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words[0] ?? ''}: ${stderr}`);
}
