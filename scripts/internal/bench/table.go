package main

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// kinds are the columns of calls.
var kinds = []struct{ header, operations string }{
	{"SERVICE READS", "ListServices DescribeServices"},
	{"HISTORIES", "ListServiceDeployments DescribeServiceDeployments"},
	{"REVISIONS", "DescribeServiceRevisions"},
	{"DEFINITION READS", "DescribeTaskDefinition ListTaskDefinitions"},
	{"IMAGES", "DescribeImages BatchGetImage"},
	{"REGISTER", "RegisterTaskDefinition"},
	{"UPDATE", "UpdateService"},
}

// printTable prints what was measured, one line a contestant. The calls are those up to the last accepted change.
func printTable(w io.Writer, runs []*measurement, markdown bool) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	header := table.Row{"SERVICES", "BY", "UNDONE"}
	for _, k := range kinds {
		header = append(header, k.header)
	}
	header = append(header, "REFUSED", "ROUND TRIPS", "SECONDS", "LIMIT", "RATIO", "TO THE END", "NOTICED", "MEMORY")
	t.AppendHeader(header)
	columns := make([]table.ColumnConfig, len(header))
	for i := range columns {
		columns[i] = table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight, WidthMax: 10, WidthMaxEnforcer: text.WrapSoft}
	}
	columns[0] = table.ColumnConfig{Number: 1, WidthMax: 16, WidthMaxEnforcer: text.WrapSoft}
	columns[1] = table.ColumnConfig{Number: 2}
	t.SetColumnConfigs(columns)
	for i, m := range runs {
		if i > 0 && runs[i-1].world.name != m.world.name {
			t.AppendSeparator()
		}
		t.AppendRow(m.row())
	}
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	if markdown {
		t.RenderMarkdown()
	} else {
		t.Render()
	}
}

func (m *measurement) row() table.Row {
	row := table.Row{m.world.name, m.contestant.name, m.undone}
	for _, k := range kinds {
		n := 0
		for _, c := range m.calls {
			if contains(k.operations, c.Operation) && !isThrottled(c) {
				n++
			}
		}
		row = append(row, n)
	}
	trips, notice, memory := "", "", ""
	if m.world.services <= burstOfUpdates { // beyond, the calls wait for the buckets and not for one another
		trips = fmt.Sprint(m.trips)
	}
	if m.noticed >= 0 {
		notice = fmt.Sprintf("%.1f s", m.noticed.Seconds())
	}
	if m.memory > 0 {
		memory = fmt.Sprintf("%d MB", (m.memory+512)/1024)
	}
	if m.changed == 0 {
		return append(row, m.refused, trips, "", "", "", seconds(m.total), notice, memory)
	}
	return append(row, m.refused, trips, seconds(m.changed), seconds(m.limit),
		fmt.Sprintf("%.2f", m.changed.Seconds()/m.limit.Seconds()), seconds(m.total), notice, memory)
}

func seconds(d interface{ Seconds() float64 }) string { return fmt.Sprintf("%.2f", d.Seconds()) }
