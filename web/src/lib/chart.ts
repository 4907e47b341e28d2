/** A chart that fills its box: drawn when its figures, the language or the room change. */
import { init, type ECharts } from 'echarts/core'
import { onBeforeUnmount, onMounted, watch, type Ref, type WatchSource } from 'vue'
import { useI18n } from 'vue-i18n'

/** Draw into *box* with *draw*, again whenever *reasons* change. */
export function useChart(
  box: Readonly<Ref<HTMLElement | null>>,
  draw: (chart: ECharts, box: HTMLElement) => void,
  reasons: WatchSource[],
): void {
  const { locale } = useI18n()
  let chart: ECharts | null = null
  const again = () => {
    if (chart && box.value) draw(chart, box.value)
  }
  const resized = new ResizeObserver(again)
  onMounted(() => {
    chart = init(box.value!, null, { renderer: 'svg' })
    resized.observe(box.value!)
    again()
  })
  watch([...reasons, locale], again)
  onBeforeUnmount(() => {
    resized.disconnect()
    chart?.dispose()
  })
}
