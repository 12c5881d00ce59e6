// The look of the opened chat. Sizes are in em of the panel, so that the visitor's text size changes all of it.
export const PANEL_STYLE = `
.panel{--u:calc(16px*var(--scale,1));position:fixed;z-index:2147483001;inset-block-end:20px;inset-inline-end:20px;display:flex;flex-direction:column;width:min(calc(400px + 40px*(var(--scale,1) - 1)*4),calc(100vw - 40px));height:min(720px,calc(100vh - 40px));height:min(720px,calc(100dvh - 40px));overflow:hidden;border:var(--thick) solid var(--line);border-radius:18px;background:var(--paper);color:var(--ink);font:400 var(--u)/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic","Noto Sans CJK SC",sans-serif;box-shadow:0 18px 60px var(--shadow);text-align:start;overflow-wrap:break-word;-webkit-text-size-adjust:100%}
.panel.left{inset-inline-end:auto;inset-inline-start:20px}
.panel.inline{position:relative;inset:auto;z-index:auto;width:100%;height:100%;min-height:min(560px,90vh);box-shadow:none}
:where(.panel h2,.panel h3,.panel p,.panel ul,.panel ol){margin:0;padding:0}
.bar{display:flex;align-items:center;gap:4px;padding:10px 10px 10px 18px;border-bottom:var(--thick) solid var(--line);background:var(--paper)}
[dir=rtl] .bar{padding:10px 18px 10px 10px}
.bar .who{flex:1;min-width:0}
.bar h2{font-size:1.0625em;font-weight:650;line-height:1.3}
.bar h2:focus-visible{outline-offset:4px}
.bar .sub{color:var(--dim);font-size:.8125em;line-height:1.35}
.round{display:inline-flex;align-items:center;justify-content:center;flex:none;width:max(44px,2.75em);height:max(44px,2.75em);border:0;border-radius:50%;background:transparent;color:var(--ink);cursor:pointer}
.round:hover{background:var(--soft)}
.icon-more{stroke-width:3.2}
.person-bar{display:flex;align-items:center;gap:.5em;padding:6px 14px;border-bottom:var(--thick) solid var(--line);background:var(--soft)}
.person-bar .state{flex:1;min-width:0;color:var(--dim);font-size:.8125em;line-height:1.35}
.person-bar .state b{color:var(--ink);font-weight:600}
.dot{display:inline-block;width:.6em;height:.6em;margin-inline-end:.45em;border-radius:50%;background:#2c9a63}
.button{display:inline-flex;align-items:center;justify-content:center;gap:.5em;min-height:44px;padding:.45em 1em;border:var(--thick) solid var(--edge);border-radius:22px;background:var(--paper);color:var(--ink);font-size:.9375em;font-weight:550;line-height:1.25;text-decoration:none;cursor:pointer}
.button:hover{border-color:var(--accent)}
.button.strong{border-color:var(--accent);background:var(--accent);color:var(--on-accent)}
.button.danger{border-color:var(--alarm);background:var(--alarm);color:var(--paper)}
.button[disabled]{opacity:.55;cursor:default}
.button .icon{width:1.2em;height:1.2em}
.person-bar .button{padding:.35em .9em;border-color:var(--accent);color:var(--accent);font-size:.875em}
.banner{padding:.55em 18px;border-bottom:var(--thick) solid var(--line);background:var(--warn);color:var(--warn-ink);font-size:.875em}
.banner:empty{display:none}
.scroll{position:relative;flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px 16px 12px;scrollbar-width:thin}
.scroll:focus-visible{outline-offset:-4px}
.message{display:flex;flex-direction:column;align-items:flex-start;margin:0 0 16px}
.message .bubble{max-width:100%;padding:.7em .95em;border:var(--thick) solid transparent;border-radius:4px 16px 16px 16px;background:var(--soft)}
[dir=rtl] .message .bubble{border-radius:16px 4px 16px 16px}
.message.visitor{align-items:flex-end}
.message.visitor .bubble{max-width:86%;border-radius:16px 16px 4px 16px;background:var(--mine);color:var(--on-mine)}
[dir=rtl] .message.visitor .bubble{border-radius:16px 16px 16px 4px}
.message.coordinator .bubble{background:var(--tint);border-color:var(--accent)}
.message.assistant .bubble,.message.gateway .bubble{width:100%}
.message.said .bubble{width:auto;max-width:94%}
.name{margin:0 .3em .2em;color:var(--dim);font-size:.8125em;font-weight:600}
.as-typed{white-space:pre-wrap}
.text>*+*{margin-top:.7em!important}
.text h3{font-size:1em;font-weight:650}
.text ul,.text ol{padding-inline-start:1.25em}
.text li+li{margin-top:.3em}
.text a{color:var(--accent)}
table{width:100%;border-collapse:collapse;font-size:.9375em;line-height:1.35}
th,td{padding:.55em .5em;border-bottom:var(--thick) solid var(--line);text-align:start;vertical-align:top}
thead th{padding-top:0;color:var(--dim);font-size:.8125em;font-weight:600}
tbody th{font-weight:550}
tbody tr:last-child>*{border-bottom:0}
th:first-child,td:first-child{padding-inline-start:0}
th:last-child,td:last-child{padding-inline-end:0}
.price{display:block;font-variant-numeric:tabular-nums}
.guide{display:block;color:var(--dim);font-size:.8125em}
.meta{display:flex;align-items:center;gap:.6em;min-height:1.4em;margin:.25em .3em 0;color:var(--dim);font-size:.75em}
.meta .failed{color:var(--alarm);font-weight:600}
.source{border:var(--thick) solid var(--accent);border-radius:1em;background:var(--paper);color:var(--accent);font-weight:650;line-height:1;cursor:pointer;font-variant-numeric:tabular-nums}
.source:hover{background:var(--accent);color:var(--on-accent)}
.source.mark{position:relative;min-width:1.7em;height:1.7em;margin-inline-start:.3em;padding:0 .4em;font-size:.7em;vertical-align:.18em}
.source.mark::after{content:"";position:absolute;inset:-13px}
.source.number{min-width:44px;height:44px;padding:0;border:0;background:none}
.source.number:hover{background:none;color:inherit}
.source.number::before{content:none}
.numbers{display:flex;flex-wrap:wrap;margin-inline-start:-8px}
.source.number{position:relative;isolation:isolate;font-size:.8125em}
.source.number::after{content:"";position:absolute;z-index:-1;inset:8px;border:var(--thick) solid var(--accent);border-radius:50%;background:var(--paper)}
.source.number:hover::after{background:var(--tint);border-width:2px}
.source.number{color:var(--accent)}
.sources-box{margin-top:.8em;padding-top:.6em;border-top:var(--thick) solid var(--line)}
.sources-box .label{color:var(--dim);font-size:.75em;font-weight:650}
.sources{list-style:none}
.sources li{margin-top:.25em!important}
.document{display:block;color:var(--dim);font-size:.8125em;line-height:1.35}
.thumbs{display:flex;align-items:center;margin:2px 0 0 -8px;color:var(--dim);font-size:.8125em}
[dir=rtl] .thumbs{margin:2px -8px 0 0}
.thumbs .round{width:44px;height:44px;color:var(--dim)}
.thumbs .round .icon{width:1.35em;height:1.35em}
.thumbs .round[aria-pressed=true]{color:var(--accent)}
.thumbs .round[aria-pressed=true] .icon{fill:currentColor;fill-opacity:.25}
.comment{display:flex;flex-direction:column;gap:.5em;width:100%;margin-top:.3em;padding:.8em;border:var(--thick) solid var(--line);border-radius:12px}
.comment label{font-size:.875em;font-weight:550}
.comment .button{align-self:flex-end}
.message.emergency .bubble{border:2px solid var(--alarm);background:var(--alarm-soft)}
.alarm{display:flex;align-items:center;gap:.5em;margin-bottom:.5em!important;color:var(--alarm);font-size:1.125em!important;font-weight:700;line-height:1.3}
.calls{display:flex;flex-wrap:wrap;gap:.5em;margin-top:.8em}
.calls:empty{display:none}
.call{display:inline-flex;align-items:center;gap:.45em;min-height:44px;padding:.4em 1em;border-radius:22px;background:var(--alarm);color:var(--paper);font-weight:650;text-decoration:none}
.call .icon{width:1.15em;height:1.15em}
.divider{display:flex;align-items:center;gap:.8em;margin:0 0 16px;color:var(--dim);font-size:.8125em;text-align:center}
.divider::before,.divider::after{content:"";flex:1;border-top:var(--thick) solid var(--line)}
.divider span{max-width:75%}
.group{margin:0 0 16px}
.group .label{margin:0 0 .45em;color:var(--dim);font-size:.8125em;font-weight:600}
.chips{display:flex;flex-wrap:wrap;gap:8px}
.chip{min-height:44px;max-width:100%;padding:.5em .95em;border:var(--thick) solid var(--accent);border-radius:22px;background:var(--paper);color:var(--accent);font-size:.9375em;font-weight:550;line-height:1.3;text-align:start;cursor:pointer}
.chip:hover{background:var(--tint)}
.chips.rows{flex-direction:column}
.chips.rows .chip{width:100%;border-radius:14px;padding:.65em 1em}
.topics .chips{display:grid;grid-template-columns:1fr 1fr}
.topics .chip{border-radius:14px;padding:.65em .9em}
.card{margin:0 0 16px;padding:1em;border:var(--thick) solid var(--line);border-radius:14px;background:var(--paper)}
.card h3{margin-bottom:.35em;font-size:.9375em;font-weight:650}
.card p{color:var(--dim);font-size:.875em}
.card .row{display:flex;flex-wrap:wrap;align-items:center;gap:.5em 1em;margin-top:.8em}
.card a{display:inline-flex;align-items:center;min-height:44px;color:var(--accent);font-size:.875em}
.card .check{margin-top:.5em}
.check{display:flex;align-items:center;gap:.6em;min-height:44px;font-size:.875em;cursor:pointer}
.check input{width:22px;height:22px;margin:0;flex:none;accent-color:var(--accent)}
.typing{display:flex;align-items:center;gap:.6em;min-height:1.6em;margin:0 0 12px .3em;color:var(--dim);font-size:.8125em}
.dots{display:inline-flex;gap:4px}
.dots i{width:7px;height:7px;border-radius:50%;background:var(--dim);animation:dots 1.2s infinite ease-in-out}
.dots i:nth-child(2){animation-delay:.15s}
.dots i:nth-child(3){animation-delay:.3s}
@keyframes dots{0%,60%,100%{opacity:.3}30%{opacity:1}}
.newest{position:sticky;z-index:1;inset-block-end:0;display:flex;width:44px;height:44px;margin:-44px auto 0;align-items:center;justify-content:center;border:var(--thick) solid var(--line);border-radius:50%;background:var(--paper);color:var(--accent);box-shadow:0 3px 12px var(--shadow);cursor:pointer}
.composer{padding:10px 12px 6px;border-top:var(--thick) solid var(--line);background:var(--paper)}
.field-row{display:flex;align-items:flex-end;gap:8px}
textarea,input[type=text],input[type=email],input[type=tel],select{width:100%;min-height:44px;margin:0;padding:.6em .85em;border:var(--thick) solid var(--edge);border-radius:14px;background:var(--paper);color:var(--ink);font:inherit;line-height:1.4}
textarea{display:block;max-height:9em;resize:none}
textarea:focus-visible,input:focus-visible,select:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
::placeholder{color:var(--dim);opacity:1}
.send{flex:none;width:max(44px,2.75em);height:max(44px,2.75em);border:2px solid transparent;border-radius:50%;background:var(--accent);color:var(--on-accent);cursor:pointer;display:inline-flex;align-items:center;justify-content:center}
.send[disabled]{background:var(--soft);color:var(--dim);border-color:var(--line);cursor:default}
.count{margin:.3em .3em 0;color:var(--dim);font-size:.75em}
.count.over{color:var(--alarm);font-weight:600}
.foot{margin:.45em .3em .2em!important;color:var(--dim);font-size:.75em;line-height:1.35;text-align:center}
.sheet{position:absolute;z-index:3;inset:0;display:flex;flex-direction:column;background:var(--paper)}
.sheet .content{flex:1;min-height:0;overflow-y:auto;padding:18px;display:flex;flex-direction:column;gap:14px}
.sheet .content:focus-visible{outline-offset:-4px}
.sheet h3{font-size:1.0625em;font-weight:650;line-height:1.35}
.sheet .dim{color:var(--dim);font-size:.875em}
.sheet blockquote{margin:0;padding:.2em 0 .2em 1em;border-inline-start:3px solid var(--accent);font-size:1em}
.content-form{display:flex;flex-direction:column;gap:16px}
.dot{flex:none}
.field{display:flex;flex-direction:column;gap:.35em}
.field label,.legend{font-size:.9375em;font-weight:600}
.field .error{color:var(--alarm);font-size:.875em;font-weight:550}
.field .error:empty{display:none}
.field input[aria-invalid=true]{border-color:var(--alarm);border-width:2px}
.actions{display:flex;flex-wrap:wrap;gap:10px}
.list{display:flex;flex-direction:column}
.list .item{display:flex;align-items:center;gap:.8em;min-height:52px;padding:.4em .2em;border:0;border-bottom:var(--thick) solid var(--line);background:none;color:var(--ink);font-size:1em;text-align:start;cursor:pointer}
.list .item:hover{color:var(--accent)}
.list .item.danger{color:var(--alarm)}
.sizes{display:flex;align-items:center;gap:10px}
.sizes output{min-width:3.5em;text-align:center;font-variant-numeric:tabular-nums}
.online-note{display:flex;align-items:center;padding:.7em .9em;border-radius:12px;background:var(--soft);font-size:.9375em}
.dot.off{background:var(--edge)}
@media (max-width:480px),(max-height:520px){.panel:not(.inline){inset:0;width:100%;height:100%;border:0;border-radius:0}}
@media (max-height:420px){.foot,.bar .sub{display:none}}
@media (prefers-reduced-motion:no-preference){.panel:not(.inline){animation:rise .18s ease-out}.message.new{animation:rise .18s ease-out}.button,.chip,.round{transition:background-color .12s,border-color .12s}}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}
@media (prefers-reduced-motion:reduce){.dots i{animation:none;opacity:.7}}
@media (forced-colors:active){.message .bubble,.send,.button,.chip,.call,.panel{border:1px solid CanvasText}.icon{stroke:currentColor}}
@media print{.panel:not(.inline){display:none}}
`
