// A thread that hands calls on to the built command in a process that stays, and wakes whoever waits for the answer.
import { fork } from 'node:child_process';
import { fileURLToPath, URL } from 'node:url';
import { parentPort } from 'node:worker_threads';

let child = null;
let waiting = null;
const answer = (ended) => {
  waiting.port.postMessage(ended);
  Atomics.store(waiting.flag, 0, 1);
  Atomics.notify(waiting.flag, 0);
  waiting = null;
};

function begin() {
  const begun = fork(fileURLToPath(new URL('../../attacks/warm.mjs', import.meta.url)), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  begun.on('message', answer);
  // Whoever asks next gets another one.
  begun.on('exit', () => {
    child = null;
    if (waiting !== null) answer(null);
  });
  return begun;
}

parentPort.on('message', ({ port, flag, ...call }) => {
  waiting = { port, flag };
  child ??= begin();
  child.send(call, (error) => {
    if (error !== null && waiting !== null) answer(null);
  });
});
