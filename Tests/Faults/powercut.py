"""What a power cut leaves: from a journal that faults.c kept, the tree as it would be found after a cut behind each operation.

The model is the one that POSIX allows, harsher than most file systems: what a file holds lasts once the file was synced, a name in a
directory once the directory was. Three kinds of cut:

- "synced": nothing lasts but what was synced.
- "names": names last as they were, and files are what they were when they were last synced: a file that was renamed into place before
  it was synced is empty.
- "some": of what was not synced, each write and each name lasts or not, by chance; the last write may be torn.
"""

import os
import random

KINDS = ("synced", "names", "some")


class File:
    def __init__(self, content=b"", inode=None):
        self.synced = content
        self.inode = inode  # another name of the same file, outside of the tree, where it was there before
        self.writes = []  # since then: (offset, bytes), or (size, None) for a truncation

    def content(self, chosen=None):
        content = bytearray(self.synced)
        for offset, data in self.writes if chosen is None else chosen:
            if data is None:
                del content[offset:]
                content += bytes(offset - len(content))
            else:
                content += bytes(max(0, offset + len(data) - len(content)))
                content[offset:offset + len(data)] = data
        return bytes(content)

    def sync(self):
        self.synced, self.writes = self.content(), []


class Directory:
    def __init__(self):
        self.entries, self.synced = {}, {}

    def sync(self):
        self.synced = dict(self.entries)


class Tree:
    """Everything below `root` as a running system sees it, and as its disk does.

    What is there at first keeps its inode, for by that nuwa knows a dropped file again: `keep` is a folder for another link to each.
    """

    def __init__(self, root, keep):
        self.root, self.keep = root, keep
        os.makedirs(keep)
        self.top = self.read(root)

    def read(self, path):
        directory = Directory()
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                directory.entries[entry.name] = self.read(entry.path)
            elif entry.is_file(follow_symlinks=False):
                link = os.path.join(self.keep, str(entry.inode()))
                os.link(entry.path, link)
                with open(entry.path, "rb") as file:
                    directory.entries[entry.name] = File(file.read(), link)
        directory.sync()
        return directory

    def find(self, path):
        node = self.top
        for name in os.path.relpath(path, self.root).split("/"):
            if name == ".":
                continue
            node = node.entries.get(name) if isinstance(node, Directory) else None
        return node

    def folder_of(self, path):
        return self.find(os.path.dirname(path)).entries, os.path.basename(path)

    def apply(self, operation):
        _, name, offset, path, other, data = operation
        if name == "sync":
            node = self.find(path)
            if node is not None:
                node.sync()
        elif name == "write":
            node = self.find(path)
            if node is not None:
                node.writes.append((offset, data))
        elif name == "truncate":
            self.find(path).writes.append((offset, None))
        elif name == "create":
            entries, last = self.folder_of(path)
            entries.setdefault(last, File())
        elif name == "replace":
            entries, last = self.folder_of(path)
            entries.setdefault(last, File()).writes.append((0, None))
        elif name == "mkdir":
            entries, last = self.folder_of(path)
            entries.setdefault(last, Directory())
        elif name == "unlink":
            entries, last = self.folder_of(path)
            entries.pop(last, None)
        elif name in ("rename", "link"):
            entries, last = self.folder_of(path)
            target, new = self.folder_of(other)
            if last in entries:
                target[new] = entries.pop(last) if name == "rename" else entries[last]
        else:
            raise ValueError(name)

    def after_cut(self, kind, chance):
        """{path: (bytes, inode)}, or None for a directory, below the root, as the disk has it."""
        left = {}

        def keep(directory, path):
            entries = directory.entries if kind == "names" else dict(directory.synced)
            if kind == "some":
                for name in sorted(set(directory.entries) | set(directory.synced)):
                    if directory.entries.get(name) is not directory.synced.get(name) and chance.random() < 0.5:
                        entries.pop(name, None)
                        if name in directory.entries:
                            entries[name] = directory.entries[name]
            for name, node in entries.items():
                below = os.path.join(path, name)
                if isinstance(node, Directory):
                    left[below] = None
                    keep(node, below)
                elif kind == "some":
                    chosen = [write for write in node.writes if chance.random() < 0.5]
                    if chosen and chosen[-1][1] and chance.random() < 0.5:
                        offset, data = chosen[-1]
                        chosen[-1] = (offset, data[:len(data) // 2])
                    left[below] = node.content(chosen), node.inode
                else:
                    left[below] = node.synced, node.inode
        keep(self.top, "")
        return left


def journal(path):
    """Operations as (number, name, offset, path, other path, bytes)."""
    with open(path, "rb") as file:
        while line := file.readline():
            number, name, offset, length, paths = line.rstrip(b"\n").decode().split(" ", 4)
            first, other = paths.split("\t")
            yield int(number), name, int(offset), first, other, file.read(int(length))


def cuts(tree, path, seed):
    """(operation's number, kind, what is left), for every cut that leaves something else than the one of its kind before."""
    last = {}
    for operation in journal(path):
        tree.apply(operation)
        for kind in KINDS:
            left = tree.after_cut(kind, random.Random(f"{seed} {operation[0]}"))
            if left != last.get(kind):
                last[kind] = left
                yield operation[0], kind, left


def restore(left, root):
    for path, node in left.items():
        path = os.path.join(root, path)
        os.makedirs(path if node is None else os.path.dirname(path), exist_ok=True)
        if node is None:
            continue
        content, inode = node
        if inode:
            os.link(inode, path)
        else:
            with open(path, "wb") as file:
                file.write(content)
