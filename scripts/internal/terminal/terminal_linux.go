// Package terminal gives programs a terminal to talk to that nobody sits at. It is for tests.
package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"unsafe"
)

// Start starts cmd on a new pseudo-terminal, as the leader of a session of its own, and gives the other end: what it prints
// is read there, and what is written there are keys. A read fails once the program has ended. The caller waits for cmd.
func Start(cmd *exec.Cmd, rows, columns int) (*os.File, error) {
	near, far, err := open(rows, columns)
	if err != nil {
		return nil, err
	}
	defer far.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = far, far, far
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		near.Close()
		return nil, err
	}
	return near, nil
}

func open(rows, columns int) (near, far *os.File, err error) {
	near, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var number, unlock uint32
	size := [4]uint16{uint16(rows), uint16(columns)}
	for request, argument := range map[uintptr]unsafe.Pointer{
		syscall.TIOCGPTN: unsafe.Pointer(&number), syscall.TIOCSPTLCK: unsafe.Pointer(&unlock), syscall.TIOCSWINSZ: unsafe.Pointer(&size),
	} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, near.Fd(), request, uintptr(argument)); e != 0 {
			near.Close()
			return nil, nil, fmt.Errorf("pseudo-terminal: %w", e)
		}
	}
	far, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		near.Close()
		return nil, nil, err
	}
	return near, far, nil
}
