import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { editedTree } from '../../src/adapters/git/edited-tree.ts';
import { signerOf } from '../../src/adapters/openpgp/keyfile.ts';
import type { TreeFolder } from '../../src/domain/tree.ts';
import { SnapshotReader } from '../../src/evidence/snapshot.ts';
import { lawOf } from '../../src/machine/law.ts';
import type { World as JudgedWorld } from '../../src/machine/world.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import type { Target } from './case.ts';
import { LooseObjects } from './loose-objects.ts';
import type { KeyName } from './people.ts';
import type { Label, World } from './world.ts';

const HOUR = 3600;

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A commit to be made with raw objects. Everything can be wrong with it. */
export interface Forgery {
  /** A `Label`, full ids, or none for a commit without parents. The tree of the first is what `put` goes over. */
  readonly on: string | readonly string[];
  readonly put?: Files;
  readonly remove?: readonly string[];
  /** The whole tree, instead of `put` and `remove`. */
  readonly tree?: string;
  /** Whose key signs; null for nobody. */
  readonly by: KeyName | null;
  /** Seconds since 1970: of the signature and of the commit. An hour after the first parent where not given. */
  readonly time?: number;
  readonly author?: string;
  readonly message?: string;
  /** Signs in another way. */
  readonly sign?: (payload: Uint8Array, time: number) => Promise<string> | string;
  /** Goes over the text before it is signed. */
  readonly payload?: (text: string) => string;
  /** Goes over the finished object. */
  readonly object?: (text: string) => string;
}

/** A repository of one's own with an honest history, and the plain tools to do anything to it. */
export class Site {
  readonly box: Sandbox;
  readonly world: World;
  readonly directory: string;
  readonly format: 'sha1' | 'sha256';
  private readonly objects: LooseObjects;
  private readonly snapshots: SnapshotReader;
  private readonly times = new Map<string, number>();

  constructor(box: Sandbox, world: World, directory: string, format: 'sha1' | 'sha256') {
    this.box = box;
    this.world = world;
    this.directory = directory;
    this.format = format;
    cpSync(world.directory, directory, { recursive: true });
    this.objects = new LooseObjects(join(directory, '.git'), format, world.objects);
    this.snapshots = new SnapshotReader(this.objects, format === 'sha1' ? 20 : 32);
  }

  get root(): string {
    return `${this.world.root.commit}:${this.world.root.signer}`;
  }

  get signatureHeader(): string {
    return this.format === 'sha1' ? 'gpgsig' : 'gpgsig-sha256';
  }

  at(label: Label): string {
    const commit = this.world.at.get(label);
    if (commit === undefined) throw new Error(`the history does not reach ${label}`);
    return commit;
  }

  /** Seconds since 1970, some hours after a point of the history. */
  after(label: Label, hours = 1): number {
    return (this.world.times.get(label) ?? this.world.start) + Math.round(hours * HOUR);
  }

  target(revision: string, more: Partial<Target> = {}): Target {
    return { directory: this.directory, root: this.root, revision, ...more };
  }

  git(args: readonly string[], input?: string | Uint8Array, env: NodeJS.ProcessEnv = {}): string {
    const ended = spawnSync('git', args, {
      cwd: this.directory,
      env: { ...this.box.env, ...env },
      input,
      maxBuffer: 1 << 28,
    });
    if (ended.status === 0) return ended.stdout.toString('utf8').replace(/\n$/, '');
    throw new Error(`git ${args.join(' ')}: ${ended.stderr.toString('utf8')}`);
  }

  blob(content: string | Uint8Array): string {
    return this.objects.write('blob', content);
  }

  /** The tree of a commit or tree with files put over it. */
  async treeWith(base: string | null, put: Files, remove: readonly string[] = []): Promise<string> {
    const edits = [
      ...remove.map((path) => ({ path, entry: null })),
      ...Object.entries(put).map(([path, content]) => ({
        path,
        entry: { mode: '100644', id: this.blob(content) },
      })),
    ];
    const read = (id: string): Promise<Uint8Array> => Promise.resolve(this.objects.get(id).bytes);
    const from = base === null ? null : this.treeOf(base);
    const { id, made } = await editedTree(from, edits, this.format, read);
    for (const bytes of made) this.raw('tree', bytes);
    return id;
  }

  /** The id of a commit's tree, or of the tree itself. */
  treeOf(id: string): string {
    const { type, bytes } = this.objects.get(id);
    return type === 'tree' ? id : Buffer.from(bytes).toString('latin1', 5, 5 + id.length);
  }

  bytesOf(id: string): Uint8Array {
    return this.objects.get(id).bytes;
  }

  /** Stores whatever bytes they are as an object of that type. */
  raw(type: 'commit' | 'tree' | 'blob', content: string | Uint8Array): string {
    return this.objects.write(type, content);
  }

  /** Seconds since 1970 of a commit, of its committer. */
  timeOf(commit: string): number {
    const known = this.times.get(commit) ?? this.committedAt(commit);
    this.times.set(commit, known);
    return known;
  }

  /** Writes a commit that no branch names. @returns its id. */
  async commit(forgery: Forgery): Promise<string> {
    const parents = this.parentsOf(forgery.on);
    const tree = forgery.tree ?? (await this.treeWith(parents[0] ?? null, forgery.put ?? {}, forgery.remove));
    const [first] = parents;
    const time = forgery.time ?? (first === undefined ? this.world.start : this.timeOf(first)) + HOUR;
    const author = forgery.author ?? forgery.by ?? 'nobody';
    const person = `${author} <${author}@example.org> ${time} +0000`;
    const lines = [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${person}`,
      `committer ${person}`,
    ];
    const text = `${lines.join('\n')}\n\n${forgery.message ?? 'Nothing to see here'}\n`;
    const payload = forgery.payload?.(text) ?? text;
    const armored = await this.signature(forgery, new TextEncoder().encode(payload), time);
    const whole = armored === null ? payload : this.withHeader(payload, this.signatureHeader, armored);
    const id = this.raw('commit', forgery.object?.(whole) ?? whole);
    if (forgery.payload === undefined && forgery.object === undefined) this.times.set(id, time);
    return id;
  }

  /** The commit with a header after its others, folded as git folds it. */
  withHeader(text: string, name: string, value: string): string {
    const end = text.indexOf('\n\n');
    return `${text.slice(0, end)}\n${name} ${value.trimEnd().split('\n').join('\n ')}${text.slice(end)}`;
  }

  /** The governed tree of a commit and its law. */
  async load(commit: string): Promise<JudgedWorld> {
    const tree = await this.tree(commit);
    return { law: lawOf(tree), tree };
  }

  async tree(commit: string): Promise<TreeFolder> {
    return (await this.snapshots.read(this.treeOf(commit))).tree;
  }

  async signAs(name: KeyName, payload: Uint8Array, time: number): Promise<string> {
    const { privateArmored } = this.world.people.key(name);
    return await (await signerOf(privateArmored, { now: time })).sign(payload, time);
  }

  idOf(on: string): string {
    return this.world.at.get(on as Label) ?? on;
  }

  /** Read from the object: a process for each would be most of the time that a case takes. */
  private committedAt(commit: string): number {
    const text = Buffer.from(this.objects.get(commit).bytes).toString('latin1');
    const [, seconds] = /^committer .* (\d+) [+-]\d{4}$/m.exec(text) ?? [];
    // What is malformed says whatever git makes of it.
    return Number(seconds ?? this.git(['show', '-s', '--format=%ct', commit]));
  }

  private parentsOf(on: Forgery['on']): readonly string[] {
    return typeof on === 'string' ? [this.idOf(on)] : on;
  }

  private async signature({ by, sign }: Forgery, payload: Uint8Array, time: number): Promise<string | null> {
    if (sign !== undefined) return await sign(payload, time);
    return by === null ? null : await this.signAs(by, payload, time);
  }
}
