import type { Terminal } from '../../ports/terminal.ts';
export async function showPages(terminal: Terminal, lines: readonly string[]): Promise<void> {
  terminal.say(lines.join('\n'));
  await Promise.resolve();
}
