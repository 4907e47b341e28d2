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
  get(element: string): object | undefined
}
interface Overlays {
  add(element: string, overlay: { position: object; html: string }): void
}

const ROOM = 40 // px around the picture: fit-viewport clips what lies at its edge
const MOST = 1400 // of a picture's width shown at once, in its own units

/** Return what draws a picture in *box*; `failed` tells that it could not be read. */
export function usePicture(box: Readonly<Ref<HTMLElement | null>>) {
  const failed = ref(false)
  let viewer: NavigatedViewer | null = null
  const canvas = () => viewer!.get<Canvas>('canvas')

  /** Draw a picture, call *painted* to mark it, and show its upper part. */
  async function show(xml: string, painted: () => void): Promise<void> {
    await nextTick()
    viewer ??= new NavigatedViewer({ container: box.value! })
    try {
      const { warnings } = await viewer.importXML(xml)
      warnings.forEach((warning) => console.error(warning)) // the tours fail on a line in the console
      failed.value = false
      painted()
      wide()
    } catch {
      failed.value = true
    }
  }

  /** Mark an item or another element; what the picture does not have is left out. */
  function mark(element: string, marker: string, note?: string): void {
    const id = element.replace('-', '_')
    if (!viewer!.get<Registry>('elementRegistry').get(id)) return
    canvas().addMarker(id, marker)
    if (note === undefined) return
    const said = document.createElement('span')
    said.className = 'note'
    said.textContent = note
    viewer!.get<Overlays>('overlays').add(id, { position: { bottom: 4, left: 4 }, html: said.outerHTML })
  }

  /** Show it as wide as the box, from its top: what is below is dragged up. */
  function wide(): void {
    canvas().zoom('fit-viewport', 'auto')
    const { inner, outer } = canvas().viewbox()
    const width = Math.min(inner.width, MOST) + 2 * ROOM
    canvas().viewbox({ x: inner.x - ROOM, y: inner.y - ROOM, width, height: (width * outer.height) / outer.width })
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
  return { show, mark, fit, failed }
}
