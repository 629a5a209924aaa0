import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { toIterationId, type Iteration, type LineName, type Version } from '../../domain/names.ts';
import type { NamedTarget, Target } from '../../domain/target.ts';
import type { Deliverable, DriverParts, Found, TargetDriver } from '../../ports/targets.ts';
import { ask, isYes, refusal } from './http.ts';

const PATIENCE_MS = 20_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 250;

/**
 * A service of the company's own. It cannot be asked what is there, so evidence is the memory: what was told and acknowledged is
 * there. A message may come twice, with the same `id` – whoever is killed before the receipt is signed tells it again.
 */
export function webhookDriver(
  { name }: NamedTarget,
  target: Extract<Target, { kind: 'webhook' }>,
  { own, repository, told, barred, now }: DriverParts,
): TargetDriver {
  const live = new Set<Version>(told.filter((each) => each.live).map(({ version }) => version));
  const doubtful = new Set<Version>(told.filter((each) => each.doubtful).map(({ version }) => version));
  const removed = new Set<Version>(told.filter((each) => !each.live).map(({ version }) => version));
  // It may have been told of what no receipt was signed for. What is switched off is taken away once too often rather than never.
  const mayBeThere = (version: Version): boolean =>
    live.has(version) || (barred.has(version) && !removed.has(version));
  const secret = own.kind === 'webhook' ? own.secret : '';
  const tell = async (
    iteration: Iteration,
    event: 'put' | 'remove',
    model: Deliverable | null,
  ): Promise<void> => {
    const after = told.find((each) => each.version === iteration.version)?.receipt ?? null;
    const about = { repository, target: name, iteration: toIterationId(iteration), event };
    const id = sha256(canonicalJson({ ...about, after }));
    const body = canonicalJson({
      schema: 'modelsmith/webhook/v1',
      id,
      ...about,
      ...(model !== null && { artifact: model.artifact, manifest: model.manifest }),
    });
    await deliver(target.address, { body, id, secret, now });
  };
  return {
    look: (_line, known) =>
      Promise.resolve(
        known.flatMap(({ iteration: { version } }): readonly Found[] =>
          mayBeThere(version)
            ? [{ key: version, version, sound: !doubtful.has(version), seen: `told ${target.address}` }]
            : [],
        ),
      ),
    async put(_key, model) {
      await tell(model.iteration, 'put', model);
      live.add(model.iteration.version);
      doubtful.delete(model.iteration.version);
      removed.delete(model.iteration.version);
    },
    async remove(version, line: LineName) {
      await tell({ line, version: version as Version }, 'remove', null);
      live.delete(version as Version);
      removed.add(version as Version);
    },
    prove: ({ seen }) => Promise.resolve(`${seen}, which acknowledged it`),
  };
}

interface Message {
  readonly body: string;
  readonly id: string;
  readonly secret: string;
  readonly now: () => number;
}

/** Tried again after longer and longer pauses where it may go better. @throws CannotTell. */
async function deliver(url: string, { body, id, secret, now }: Message): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const timestamp = String(now());
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      'modelsmith-timestamp': timestamp,
      'modelsmith-signature': `sha256=${signature}`,
    };
    const failure = await ask({ method: 'POST', url, headers, body, patience: PATIENCE_MS }).then(
      (answer) => (isYes(answer) ? null : refusal(url, answer)),
      (error: unknown) => {
        if (error instanceof CannotTell) return error;
        throw error;
      },
    );
    if (failure === null) return;
    if (failure.code !== 'UNREACHABLE' || attempt === TRIES) throw failure;
    await pause(FIRST_PAUSE_MS * 2 ** attempt);
  }
}
