/** A BPMN picture in a box: drawn, marked, and shown whole or as wide as letters can be read. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'
import 'bpmn-js/dist/assets/bpmn-js.css'
import 'bpmn-js/dist/assets/diagram-js.css'
import { nextTick, onBeforeUnmount, ref, type Ref } from 'vue'

interface Box {
  x: number
  y: number
  width: number
  height: number
}
interface Canvas {
  zoom(to: 'fit-viewport', center?: 'auto'): number
  viewbox(box?: object): { inner: Box; outer: { width: number; height: number } }
  addMarker(element: string, marker: string): void
}
interface Registry {
  get(element: string): Box | undefined
}
interface Overlays {
  add(element: string, overlay: { position: object; html: string }): void
}

const ROOM = 40 // px around the picture: fit-viewport clips what lies at its edge
const MOST = 1400 // of a picture's width shown at once, in its own units
const LIVE = ['is-active', 'is-paused'] // what a reader looks for first
const STRIPES =
  '<pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect width="8" height="8" fill="#fff"/><rect width="3" height="8" fill="#c9ccd2"/></pattern>'

/** Return a picture with other names on its elements; null = as it is. */
function renamed(xml: string, called: (element: string) => string | null): string {
  const read = new DOMParser().parseFromString(xml, 'application/xml')
  for (const each of read.querySelectorAll('[id][name]')) {
    const name = called(each.getAttribute('id')!)
    if (name !== null) each.setAttribute('name', name)
  }
  return new XMLSerializer().serializeToString(read)
}

/** Give the drawing stripes to paint with: what stands still is told from what runs without colour. */
function striped(box: HTMLElement): void {
  const drawing = box.querySelector('.djs-container > svg')
  if (drawing === null || drawing.querySelector('#stripes')) return
  const defs = document.createElementNS('http://www.w3.org/2000/svg', 'defs')
  defs.innerHTML = STRIPES
  drawing.prepend(defs)
}

/** Return what draws a picture in *box*; `failed` tells that it could not be read. */
export function usePicture(box: Readonly<Ref<HTMLElement | null>>) {
  const failed = ref(false)
  let viewer: NavigatedViewer | null = null
  let live: Box[] = []
  const canvas = () => viewer!.get<Canvas>('canvas')

  /** Draw a picture, call *painted* to mark it, and show where it is under way. */
  async function show(xml: string, painted: () => void, called?: (element: string) => string | null): Promise<void> {
    await nextTick()
    viewer ??= new NavigatedViewer({ container: box.value! })
    try {
      const { warnings } = await viewer.importXML(called ? renamed(xml, called) : xml)
      warnings.forEach((warning) => console.error(warning)) // the tours fail on a line in the console
      failed.value = false
      live = []
      striped(box.value!)
      painted()
      wide()
    } catch {
      failed.value = true
    }
  }

  /** Mark an item or another element; what the picture does not have is left out. */
  function mark(element: string, marker: string, note?: string): void {
    const id = element.replace('-', '_')
    const shape = viewer!.get<Registry>('elementRegistry').get(id)
    if (!shape) return
    canvas().addMarker(id, marker)
    if (LIVE.includes(marker)) live.push(shape)
    if (note === undefined) return
    const said = document.createElement('span')
    said.className = 'note'
    said.textContent = note
    viewer!.get<Overlays>('overlays').add(id, { position: { bottom: 4, left: 4 }, html: said.outerHTML })
  }

  /** Show it so large that it can be read: from its top, or around what is under way below that. */
  function wide(): void {
    canvas().zoom('fit-viewport', 'auto')
    const { inner, outer } = canvas().viewbox()
    const width = Math.min(inner.width, MOST) + 2 * ROOM
    const height = (width * outer.height) / outer.width
    const first = [...live].sort((a, b) => a.y - b.y || a.x - b.x)[0] ?? inner
    const along = (at: number, from: number, size: number, whole: number) =>
      at + ROOM < from + size ? from : Math.max(from, Math.min(at - size / 3, from + whole + 2 * ROOM - size))
    canvas().viewbox({
      x: along(first === inner ? inner.x : first.x + first.width, inner.x - ROOM, width, inner.width),
      y: along(first === inner ? inner.y : first.y + first.height, inner.y - ROOM, height, inner.height),
      width,
      height,
    })
  }

  /** Show the whole. */
  function fit(): void {
    canvas().zoom('fit-viewport', 'auto')
    const { inner } = canvas().viewbox()
    canvas().viewbox({
      x: inner.x - ROOM,
      y: inner.y - ROOM,
      width: inner.width + 2 * ROOM,
      height: inner.height + 2 * ROOM,
    })
  }

  onBeforeUnmount(() => viewer?.destroy())
  return { show, mark, fit, read: wide, failed }
}
