import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

interface Adapter {
  readonly id: string;
  readonly root: string;
}

export interface FakeVllm {
  readonly address: string;
  readonly loaded: Adapter[];
  /** Every request in its order, such as `POST /v1/load_lora_adapter`. */
  readonly asked: string[];
  /** Adapters by name that were ever loaded, each as often as it was. */
  readonly loads: string[];
  /** What it has no answer to but that it failed, such as `POST /v1/unload_lora_adapter`. */
  failsAt: string | null;
  /** Called after a request took effect and before it is answered. */
  onAsked: (count: number) => void;
  stop(): Promise<void>;
}

/**
 * A server that keeps to what vLLM documents of loading adapters while it runs: a name is loaded once, what is not loaded
 * cannot be unloaded or asked, and without its key nobody is let in. It is not vLLM.
 */
export async function startVllm(apiKey: string): Promise<FakeVllm> {
  const loaded: Adapter[] = [];
  const asked: string[] = [];
  const loads: string[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const answer = answerTo(request, body);
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      fake.onAsked(asked.length);
      send(response, answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');

  function answerTo(request: IncomingMessage, text: string): readonly [number, unknown] {
    if (request.headers.authorization !== `Bearer ${apiKey}`) return [401, { error: 'Unauthorized' }];
    const body = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, string>>;
    const { lora_name: name = '', lora_path: path = '', model = '' } = body;
    const there = loaded.findIndex(({ id }) => id === name);
    const what = `${request.method ?? ''} ${request.url ?? ''}`;
    if (what === fake.failsAt) return [400, { error: 'It failed.' }];
    switch (what) {
      case 'GET /v1/models':
        return [
          200,
          {
            object: 'list',
            data: [
              { id: 'acme/base', object: 'model', root: 'acme/base', parent: null },
              ...loaded.map(({ id, root }) => ({ id, object: 'model', root, parent: 'acme/base' })),
            ],
          },
        ];
      case 'POST /v1/load_lora_adapter':
        if (name === '' || path === '')
          return [400, { error: "Both 'lora_name' and 'lora_path' must be provided." }];
        if (there >= 0) return [400, { error: `The lora adapter '${name}' has already been loaded.` }];
        loaded.push({ id: name, root: path });
        loads.push(name);
        return [200, `Success: LoRA adapter '${name}' added successfully.`];
      case 'POST /v1/unload_lora_adapter':
        if (there < 0) return [404, { error: `The lora adapter '${name}' cannot be found.` }];
        loaded.splice(there, 1);
        return [200, `Success: LoRA adapter '${name}' removed successfully.`];
      case 'POST /v1/completions':
        return loaded.some(({ id }) => id === model)
          ? [200, { choices: [{ index: 0, text: ' world' }] }]
          : [404, { error: `The model '${model}' does not exist.` }];
      default:
        return [404, { detail: 'Not Found' }];
    }
  }

  const fake: FakeVllm = {
    address: `http://127.0.0.1:${bound.port}`,
    failsAt: null,
    loaded,
    asked,
    loads,
    onAsked: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, [status, body]: readonly [number, unknown]): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
