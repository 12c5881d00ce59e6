// The colours, as custom properties of the host: one set for each look. Contrast of text: at least 4.5 to 1 in all, 7 to 1 in most.
const LIGHT = `--paper:#ffffff;--soft:#f3f6f5;--ink:#17272b;--dim:#52646a;--line:#d5dedd;--edge:#7d8f93;--accent:#0b6165;--on-accent:#ffffff;--tint:#e3f0ef;--mine:#0b6165;--on-mine:#ffffff;--alarm:#a3160f;--alarm-soft:#fff1ef;--warn:#fff6df;--warn-ink:#5a4300;--shadow:rgba(16,42,46,.22);color-scheme:light;`
const DARK = `--paper:#151d20;--soft:#1f292d;--ink:#edf3f3;--dim:#aebcbf;--line:#344247;--edge:#7d8f93;--accent:#7ed3d1;--on-accent:#06282a;--tint:#1d3a3c;--mine:#1b5558;--on-mine:#ffffff;--alarm:#ff9d94;--alarm-soft:#3a1b18;--warn:#3a3013;--warn-ink:#ffe7a8;--shadow:rgba(0,0,0,.6);color-scheme:dark;`
const CONTRAST = `--paper:#ffffff;--soft:#ffffff;--ink:#000000;--dim:#000000;--line:#000000;--edge:#000000;--accent:#00364a;--on-accent:#ffffff;--tint:#ffffff;--mine:#00364a;--on-mine:#ffffff;--alarm:#8a0000;--alarm-soft:#ffffff;--warn:#ffffff;--warn-ink:#000000;--shadow:rgba(0,0,0,.5);--thick:2px;color-scheme:light;`

export const COLOURS = `
:host{all:initial!important;--thick:1px;${LIGHT}}
@media (prefers-color-scheme:dark){:host([data-look="auto"]){${DARK}}}
@media (prefers-contrast:more){:host([data-look="auto"]){${CONTRAST}}}
:host([data-look="dark"]){${DARK}}
:host([data-look="contrast"]){${CONTRAST}}
:host{display:block!important;direction:ltr!important;writing-mode:horizontal-tb!important;visibility:visible!important}
:host([hidden]){display:none!important}
*,*::before,*::after{box-sizing:border-box}
button{font:inherit;color:inherit;letter-spacing:inherit}
.icon{width:1.375em;height:1.375em;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round;flex:none}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.aloud{position:absolute!important;width:1px;height:1px;margin:-1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
`
