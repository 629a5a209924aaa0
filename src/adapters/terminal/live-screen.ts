import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { LiveScreen } from '../../ports/live-screen.ts';

const CLEAR = '\u001b[2J\u001b[H';
/** How long the person's Ctrl-C, which the programs we started get too, may be on its way to us. */
const GRACE_MS = 200;

/** @param options clears: whether the terminal can go back to its top; where not, pictures follow one another. */
export function liveScreen(output: NodeJS.WriteStream, { clears }: { readonly clears: boolean }): LiveScreen {
  return {
    columns: () => Math.max(40, output.columns),
    draw: (lines) => {
      const shown = clears ? fitting(lines, output) : ['', ...lines];
      output.write(`${clears ? CLEAR : ''}${shown.join('\n')}\n`);
    },
    repeat: async (step) => {
      const broken = new AbortController();
      const { signal } = broken;
      const over = new Promise<null>((resolve) => {
        signal.addEventListener('abort', () => resolve(null), { once: true });
      });
      const stop = (): void => broken.abort();
      process.on('SIGINT', stop);
      try {
        while (!signal.aborted) {
          const seconds = await Promise.race([step(), over]);
          if (seconds !== null) await Promise.race([pause(seconds * 1000, null, { signal }), over]);
        }
      } catch (error) {
        if (!signal.aborted) await pause(GRACE_MS);
        if (!signal.aborted) throw error;
      } finally {
        process.off('SIGINT', stop);
      }
      output.write('\n');
    },
  };
}

/** As many lines as the screen has room for, the last saying what is left out. */
function fitting(lines: readonly string[], { columns, rows }: NodeJS.WriteStream): readonly string[] {
  const heights = lines.map((line) =>
    Math.max(1, Math.ceil(stripVTControlCharacters(line).length / Math.max(1, columns))),
  );
  let [count, height] = [0, 0];
  const room = Math.max(2, rows - 1);
  while (count < lines.length && height + (heights[count] ?? 1) <= room) {
    height += heights[count] ?? 1;
    count += 1;
  }
  if (count === lines.length) return lines;
  // One line makes room for the words.
  const kept = lines.slice(0, Math.max(1, count - 1));
  return [...kept, `and ${lines.length - kept.length} more lines: modelsmith queue`];
}
