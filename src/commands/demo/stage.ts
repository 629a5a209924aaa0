import { stringify } from 'yaml';
import type { DemonstrationParts } from '../../ports/demonstration.ts';
import type { Terminal } from '../../ports/terminal.ts';
import type { TrustStore, PinnedRoot } from '../../ports/trust.ts';
import type { Context } from '../shared/context.ts';
import { assembleCast, signersOf, type ActorName, type Player } from './cast.ts';
import { BASE, evaluationOf, LINE, metadataOf, MODEL_CARD_TEXT, ROLLBACK_TEXT } from './material.ts';

/** Runs a verb as the command line would. @returns the exit code. */
export type Invoke = (argv: readonly string[], context: Context) => Promise<number>;

const HOUR = 3600;

/** The folder of a demonstration, its people, and a clock that the story moves on. */
export class Stage {
  readonly context: Context;
  readonly parts: DemonstrationParts;
  readonly invoke: Invoke;
  readonly folder: string;
  readonly cast: ReadonlyMap<ActorName, Player>;
  private time: number;
  private pinned: PinnedRoot | null = null;

  private constructor(
    context: Context,
    parts: DemonstrationParts,
    invoke: Invoke,
    folder: string,
    cast: ReadonlyMap<ActorName, Player>,
    time: number,
  ) {
    this.context = context;
    this.parts = parts;
    this.invoke = invoke;
    this.folder = folder;
    this.cast = cast;
    this.time = time;
  }

  static async build(
    context: Context,
    parts: DemonstrationParts,
    invoke: Invoke,
    folder: string,
  ): Promise<Stage> {
    // The story takes six days and ends now, so that its dates look like those of a real promotion.
    const start = context.now() - 6 * 24 * HOUR;
    const stage = new Stage(context, parts, invoke, folder, await assembleCast(parts, start - HOUR), start);
    await stage.furnish();
    return stage;
  }

  get now(): number {
    return this.time;
  }

  get root(): PinnedRoot {
    if (this.pinned === null) throw new Error('the demonstration has no root yet');
    return this.pinned;
  }

  path(...parts: readonly string[]): string {
    return [this.folder, ...parts].join('/');
  }

  player(id: ActorName): Player {
    const player = this.cast.get(id);
    if (player === undefined) throw new Error(`nobody plays ${id}`);
    return player;
  }

  keyPath(id: ActorName): string {
    return this.path('people', `${id}.key.asc`);
  }

  wait(hours: number): void {
    this.time = Math.min(this.time + Math.round(hours * HOUR), this.context.now());
  }

  write(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
    return this.context.files.create(
      this.path(path),
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
      mode,
    );
  }

  /** The world as one player sees it: the story's clock, the player's key, nobody's real configuration. */
  as(id: ActorName, reason: string, terminal: Terminal = this.context.terminal): Context {
    const trust: TrustStore = {
      file: 'this demonstration’s memory (your own configuration is left alone)',
      rootOf: () => Promise.resolve(this.pinned),
      pin: (_repository, root) => {
        this.pinned = root;
        return Promise.resolve();
      },
      move: (_repository, _from, root) => {
        this.pinned = root;
        return Promise.resolve();
      },
    };
    return {
      ...this.context,
      now: () => this.time,
      environment: { MODELSMITH_KEY_FILE: this.keyPath(id), MODELSMITH_REGISTRY: this.path('registry') },
      terminal: this.parts.actor(terminal, reason),
      trust,
      settings: { file: 'none', load: () => Promise.resolve(null) },
      drafts: null,
      tips: null,
    };
  }

  private async furnish(): Promise<void> {
    const policy = new TextDecoder().decode(await this.parts.readyPolicy('team/policy.yaml'));
    await this.write('policy/policy.yaml', policy);
    await this.write('policy/signers.yaml', signersOf(this.cast));
    await this.write('policy/rubrics/claims.json', await this.parts.readyPolicy('rubrics/claims.json'));
    for (const player of this.cast.values()) {
      await this.write(`people/${player.id}.key.asc`, player.privateArmored, 0o600);
      if (player.id !== 'mallory')
        await this.write(`policy/keys/${player.fingerprint}.asc`, player.publicArmored);
    }
    const adapter = `${LINE}-1.0.0`;
    for (const file of this.parts.adapter(adapter, BASE.name, BASE.revision))
      await this.write(`adapters/${adapter}/${file.path}`, file.bytes);
    const trainingStarts = this.now + 20 * HOUR;
    await this.write('results/base.json', this.parts.results(evaluationOf('base', null, this.now)));
    await this.write(
      'results/1.0.0.json',
      this.parts.results(evaluationOf('tuned', `adapters/${adapter}`, trainingStarts + 9 * HOUR)),
    );
    await this.write(
      'submission/metadata.yaml',
      metadataOf({ from: trainingStarts, to: trainingStarts + 8 * HOUR }),
    );
    await this.write('submission/model-card.md', MODEL_CARD_TEXT);
    await this.write('submission/rollback-procedure.md', ROLLBACK_TEXT);
    await this.write(
      'people/README.yaml',
      stringify(
        Object.fromEntries(
          [...this.cast.values()].map(({ id, name, does, fingerprint }) => [id, { name, does, fingerprint }]),
        ),
      ),
    );
  }
}
