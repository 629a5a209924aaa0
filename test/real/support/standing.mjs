// A thread that hands calls on to the built command in a process that stays, and wakes whoever waits for the answer.
import { fork } from 'node:child_process';
import { fileURLToPath, URL } from 'node:url';
import { parentPort } from 'node:worker_threads';

const child = fork(fileURLToPath(new URL('../../attacks/warm.mjs', import.meta.url)), {
  execArgv: [],
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
let waiting = null;
const answer = (ended) => {
  waiting.port.postMessage(ended);
  Atomics.store(waiting.flag, 0, 1);
  Atomics.notify(waiting.flag, 0);
  waiting = null;
};
child.on('message', answer);
child.on('exit', () => waiting !== null && answer(null));
parentPort.on('message', ({ port, flag, ...call }) => {
  waiting = { port, flag };
  child.send(call, (error) => {
    if (error !== null && waiting !== null) answer(null);
  });
});
