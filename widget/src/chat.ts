// The script of the opened chat: hands its maker to the loader.
import { MAKE_CHAT, type MakeChat } from './options.ts'
import { Panel } from './panel.ts'

const make: MakeChat = (host, root, options, around) => new Panel(host, root, options, around)
;(globalThis as unknown as Record<symbol, MakeChat>)[MAKE_CHAT] = make
