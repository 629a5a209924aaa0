import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { toIterationId, type Iteration, type LineName } from '../../domain/names.ts';
import type { Target } from '../../domain/target.ts';
import type { Deliverable, DriverParts, Found, TargetDriver } from '../../ports/targets.ts';
import { ask, isYes, refusal, type Answer } from './http.ts';

/** As vLLM answers `GET /v1/models`: adapters have the base as their parent, and the folder they came from as their root. */
const Models = z.looseObject({
  data: z
    .array(z.looseObject({ id: z.string(), root: z.string().nullish(), parent: z.string().nullish() }))
    .max(10_000),
});
const Completion = z.looseObject({ choices: z.array(z.looseObject({})).min(1) });

const LOOK_MS = 30_000;
/** A server may have to read gigabytes first. */
const LOAD_MS = 300_000;

/** Servers that load adapters while they run: each iteration under its own name, so the next is there before the last one goes. */
export function vllmDriver(
  target: Extract<Target, { kind: 'vllm' }>,
  { own, rankOf }: DriverParts,
): TargetDriver {
  const key = own.kind === 'vllm' ? own.apiKey : undefined;
  const call = (method: 'GET' | 'POST', path: string, patience: number, body?: object): Promise<Answer> =>
    ask({
      method,
      url: `${target.address}${path}`,
      patience,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const pathOf = ({ line, version }: Pick<Iteration, 'line'> & { readonly version: string }): string =>
    `${target.adapters}/${line}/${version}`;
  const loaded = async (): Promise<z.infer<typeof Models>['data']> => {
    const answer = await call('GET', '/v1/models', LOOK_MS);
    if (!isYes(answer)) throw refusal(`${target.address}/v1/models`, answer);
    return parsed(Models, answer, `${target.address}/v1/models`).data;
  };
  const unload = async (name: string): Promise<void> => {
    const answer = await call('POST', '/v1/unload_lora_adapter', LOOK_MS, { lora_name: name });
    if (!isYes(answer) && answer.status !== 404)
      throw refusal(`${target.address}/v1/unload_lora_adapter`, answer);
  };
  return {
    async look(line, known) {
      const models = await loaded();
      return models.flatMap(({ id, root }): readonly Found[] => {
        if (!id.startsWith(`${line}@`)) return [];
        const version = id.slice(line.length + 1);
        const model = known.find((each) => each.iteration.version === version);
        const path = root ?? 'nowhere';
        return [
          {
            key: version,
            version: model?.iteration.version ?? null,
            sound: model !== undefined && path === pathOf({ line, version }),
            seen: `${id} loaded from ${path}`,
          },
        ];
      });
    },
    async put(_key, model) {
      // Before anything is asked of the server.
      const rank = await rankOf(model);
      if (rank > target.maxRank)
        throw new CannotTell('BAD_DATA', `${toIterationId(model.iteration)} has the rank ${rank}`, {
          facts: [`the target takes ranks up to ${target.maxRank}`],
          remedy:
            'start the server with a higher --max-lora-rank and say so in the policy, or train with a lower rank',
        });
      const name = toIterationId(model.iteration);
      const path = pathOf(model.iteration);
      const there = (await loaded()).find(({ id }) => id === name);
      if (there?.root === path) return;
      // Under this name it is something else, and a server takes no second of a name.
      if (there !== undefined) await unload(name);
      const answer = await call('POST', '/v1/load_lora_adapter', LOAD_MS, {
        lora_name: name,
        lora_path: path,
      });
      if (!isYes(answer)) throw refusal(`${target.address}/v1/load_lora_adapter`, answer);
    },
    remove: (version, line: LineName) => unload(`${line}@${version}`),
    async prove({ seen }, model: Deliverable) {
      const name = toIterationId(model.iteration);
      const asked = { model: name, prompt: 'Hello', max_tokens: 1, temperature: 0 };
      const answer = await call('POST', '/v1/completions', LOAD_MS, asked);
      if (!isYes(answer)) throw refusal(`${target.address}/v1/completions`, answer);
      parsed(Completion, answer, `${target.address}/v1/completions`);
      return `${seen} at ${target.address}, and answered`;
    },
  };
}

function parsed<T>(schema: z.ZodType<T>, { text }: Answer, url: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  throw new CannotTell('BAD_DATA', `${url} does not answer as vLLM does`, { facts: [text.slice(0, 200)] });
}
