// The layout of a reply: paragraphs, headings, lists, price tables, bold, links, source marks. Pure: text in, blocks out.

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'bold'; text: string }
  | { type: 'link'; text: string; href: string }
  | { type: 'mark'; number: number }
export type Block =
  | { type: 'paragraph' | 'heading'; inlines: Inline[] }
  | { type: 'list'; ordered: boolean; items: Inline[][] }
  | { type: 'prices'; rows: PriceRow[] }
interface PriceRow { place: string; price: string; guide: string }
/** Offset in the text, number of the source. */
export type Mark = readonly [number, number]

const ITEM = /^\s*(?:[-*•]|(\d{1,2})[.)])\s+/
const HEADING = /^#{1,4}\s+/
const PRICE = /^([^:]{2,60}): ((?:about |from |up to )?[$€£¥]\s?\d[^()]*?)\s*(?:\(([^()]+)\))?\.?$/
// Only these: no script, no data, no relative address.
const TOKEN = /\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)])/g
const SOURCES = /(?:^|\n\n)Sources?: [^\n]*$/

/** Cut the closing line that names the sources: the widget shows them as buttons. */
export function withoutSources(text: string): string {
  return text.replace(SOURCES, '')
}

/** Lay out a text. */
export function layOut(text: string, marks: readonly Mark[] = []): Block[] {
  const blocks: Block[] = []
  let offset = 0
  let paragraph: { from: number; to: number } | null = null
  const close = (): void => {
    if (paragraph) blocks.push({ type: 'paragraph', inlines: inlines(text, paragraph.from, paragraph.to, marks) })
    paragraph = null
  }
  for (const line of text.split('\n')) {
    const from = offset
    const to = offset + line.length
    offset = to + 1
    const item = ITEM.exec(line)
    const heading = HEADING.exec(line)
    if (!line.trim()) close()
    else if (heading) {
      close()
      blocks.push({ type: 'heading', inlines: inlines(text, from + heading[0].length, to, marks) })
    } else if (item) {
      close()
      const ordered = item[1] !== undefined
      const last = blocks.at(-1)
      const content = inlines(text, from + item[0].length, to, marks)
      if (last?.type === 'list' && last.ordered === ordered) last.items.push(content)
      else blocks.push({ type: 'list', ordered, items: [content] })
    } else paragraph = { from: paragraph === null ? from : (paragraph as { from: number }).from, to }
  }
  close()
  return joinPrices(blocks)
}

/** Lists of prices, and price lines that stand one under the other, become tables. */
function joinPrices(blocks: Block[]): Block[] {
  const joined: Block[] = []
  let run: Block[] = []
  const flush = (): void => {
    const rows = run.flatMap((block) => priceRows(block) ?? [])
    joined.push(...(rows.length > 1 ? [{ type: 'prices', rows } as Block] : run))
    run = []
  }
  for (const block of blocks) {
    if (priceRows(block)) run.push(block)
    else {
      flush()
      joined.push(block)
    }
  }
  flush()
  return joined
}

function priceRows(block: Block): PriceRow[] | null {
  const lines = block.type === 'list' ? block.items : block.type === 'paragraph' ? [block.inlines] : []
  const rows = lines.map((line) => PRICE.exec(line.map((one) => ('text' in one ? one.text : '')).join('')))
  if (!rows.length || rows.some((row) => row === null)) return null
  return rows.map((row) => ({ place: row?.[1] ?? '', price: row?.[2] ?? '', guide: row?.[3] ?? '' }))
}

function inlines(text: string, from: number, to: number, marks: readonly Mark[]): Inline[] {
  const found: Inline[] = []
  let at = from
  for (const [offset, number] of marks) {
    if (offset < from || offset > to) continue
    found.push(...words(text.slice(at, offset)), { type: 'mark', number })
    at = offset
  }
  found.push(...words(text.slice(at, to)))
  return found
}

function words(text: string): Inline[] {
  const found: Inline[] = []
  let at = 0
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) found.push({ type: 'text', text: text.slice(at, match.index) })
    if (match[1] !== undefined) found.push({ type: 'bold', text: match[1] })
    else if (match[2] !== undefined) found.push({ type: 'link', text: match[2], href: match[2] })
    at = match.index + match[0].length
  }
  if (at < text.length) found.push({ type: 'text', text: text.slice(at) })
  return found
}

const NUMBERS = /(?<![\d,.$€£-])(112|911|999|988|120|000|116 123)(?![,.-]?\d)/g

/** Emergency numbers that a text names, each once, in order. */
export function emergencyNumbers(text: string): string[] {
  return [...new Set([...text.matchAll(NUMBERS)].map((match) => match[1] ?? ''))]
}
