const maxTextLength = 64 * 1024 * 1024

/**
 * What V8 made of texts that this process compiled before, for its other isolates: a task of eight partitions compiles the
 * same harness and bundle eight times, and most of an isolate's start is that. It is machine code, and V8 trusts it:
 * it is made here, stays in this process's memory, and comes from nowhere else. The oldest goes first.
 */
export class CodeCache<Code extends { release(): void }> {
  private readonly made = new Map<string, Code>()
  private length = 0

  get(text: string): Code | undefined {
    return this.made.get(text)
  }

  put(text: string, code: Code): void {
    this.made.set(text, code)
    this.length += text.length
    for (const [oldest, kept] of this.made) {
      if (this.length <= maxTextLength) break
      kept.release()
      this.made.delete(oldest)
      this.length -= oldest.length
    }
  }
}
