import { parentPort } from 'node:worker_threads';
import { foreseeing } from './adapters/openpgp/foreseeing.ts';
import type { ToWorker } from './adapters/openpgp/foresight.ts';

// What a thread runs that looks at signatures before they are asked about.
const port = parentPort;
if (port === null) throw new Error('this is run by a thread of modelsmith');
const handle = foreseeing((found) => port.postMessage(found));
port.on('message', (message: ToWorker) => void handle(message));
