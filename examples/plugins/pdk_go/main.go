// A guest in Go without the PDK, which calls the environment as the PDK does: see pdk.go. Its exports are those of all
// the `pdk_*` guests; ../README.md says what they do.
package main

import (
	"strconv"
	"strings"
)

func main() {}

func orNone(value string, found bool) string {
	if !found {
		return "none"
	}
	return value
}

//go:wasmexport report
func report() int32 {
	url := input()
	greeting := orNone(config("greeting"))
	before, _ := variable("visitors")
	count, _ := strconv.Atoi(before)
	visitors := strconv.Itoa(count + 1)
	setVariable("visitors", visitors)
	log(info, "visitor "+visitors)
	answer := send("POST", url, visitors, greeting+" "+visitors)
	log(debug, "status "+strconv.Itoa(answer.status))
	after := orNone(variable("visitors"))
	body := answer.body.text()
	log(warn, "done with "+after)
	text := "greeting=" + greeting + "\nvisitors=" + after + "\nstatus=" + strconv.Itoa(answer.status) +
		"\nx-answer=" + answer.header("x-answer") + "\ntype=" + answer.header("content-type") + "\nbody=" + body
	if answer.status >= 400 {
		setError(text)
		return int32(answer.status / 100)
	}
	output(allocate(text))
	return 0
}

//go:wasmexport forward
func forward() int32 {
	answer := send("GET", input(), "f", "")
	log(info, "a line as long as it takes to fill the place of the request that was given back, or of its headers")
	log(info, "short")
	setVariable("forwarded", strconv.Itoa(answer.status))
	status := orNone(variable("forwarded"))
	log(info, "forwarded "+status)
	output(answer.body)
	return 0
}

//go:wasmexport settings
func settings() int32 {
	keys := strings.Split(input(), "\n")
	text := ""
	for range 2 {
		for _, key := range keys {
			text += key + "=" + orNone(config(key)) + "\n"
			log(debug, "read "+key)
		}
	}
	output(allocate(text))
	return 0
}

//go:wasmexport remember
func remember() int32 {
	text := ""
	for _, line := range strings.Split(input(), "\n") {
		key, value, sets := strings.Cut(line, "=")
		switch {
		case sets && value == "":
			removeVariable(key)
		case sets:
			setVariable(key, value)
		default:
			text += key + "=" + orNone(variable(key)) + "\n"
		}
	}
	output(allocate(text))
	return 0
}

//go:wasmexport refuse
func refuse() int32 {
	text := input()
	greeting := orNone(config("greeting"))
	setVariable("refused", text)
	output(allocate("not seen"))
	log(warn, "about to refuse "+text)
	setError(greeting + " refused: " + text)
	return 3
}

//go:wasmexport stop
func stop() int32 {
	text := input()
	setVariable("stopped", text)
	log(failure, "stops: "+text)
	panic("stopped")
}
