package main

import (
	"fmt"
	"os"
	"time"

	"sphex/aot"
	"sphex/aot/debuginfo"
)

func main() {
	b, _ := os.ReadFile(os.Args[1])
	t := time.Now()
	f, err := aot.Compile(b, aot.Options{Report: func(r *debuginfo.Report) {
		fmt.Println(r.Units, r.Subprograms, r.Variables, r.Rows)
		for _, l := range r.Losses() {
			fmt.Printf("%+v\n", l)
		}
	}})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(time.Since(t))
	o, err := f.Bytes()
	fmt.Println(len(b), len(o), err)
	os.WriteFile(os.Args[2], o, 0o755)
}
