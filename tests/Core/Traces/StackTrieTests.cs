using System.Text;
using MemScope.Core;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class StackTrieTests
{
    private static readonly Limits Three = new() { CallchainFrames = 3 };

    [Fact]
    public void Equal_stacks_are_one_callchain_and_read_leaf_first()
    {
        var trie = new StackTrie(Limits.Default);
        var leafFirst = trie.Intern([3, 2, 1]);
        Assert.Equal(leafFirst, trie.Child(trie.Child(trie.Child(StackTrie.Root, 1), 2), 3));
        Assert.Equal((0, 0, 1, -1), (trie.CallchainOf(leafFirst), trie.CallchainOf(trie.Intern([3, 2, 1])), trie.CallchainOf(trie.Intern([2, 1])), trie.CallchainOf(StackTrie.Root)));
        Assert.Equal(["3 2 1", "2 1"], trie.Callchains(f => new RawFrame { Address = (ulong)f }).Select(c => string.Join(' ', c.Frames.Select(f => f.Address))));
        Assert.Empty(trie.Losses());
    }

    [Fact]
    public void Of_a_deep_stack_the_frames_next_to_the_leaf_are_kept()
    {
        var trie = new StackTrie(Three);
        Assert.Equal(trie.Intern([9, 8, 7]), trie.Intern([9, 8, 7, 6, 5]));
        Assert.Equal(("cut-stacks", 1L), (Assert.Single(trie.Losses()).Kind, trie.CutStacks));
    }

    [Fact]
    public void A_full_tree_keeps_the_part_of_a_stack_that_it_knows()
    {
        var trie = new StackTrie(Limits.Default, mostNodes: 3);
        var known = trie.Intern([2, 1]);
        Assert.Equal(known, trie.Intern([5, 2, 1]));
        Assert.Equal(StackTrie.Root, trie.Intern([4]));
        Assert.Equal(2, trie.CutStacks);
    }

    [Fact]
    public void Callchains_that_are_too_many_are_left_out_and_counted()
    {
        var trie = new StackTrie(Limits.Default, mostFrames: 4);
        Assert.Equal((0, -1, 1), (trie.CallchainOf(trie.Intern([3, 2, 1])), trie.CallchainOf(trie.Intern([2, 1])), trie.CallchainOf(trie.Intern([1]))));
        Assert.Equal(("missing-stacks", 1L), (Assert.Single(trie.Losses()).Kind, trie.LeftOut));
    }

    [Fact]
    public void Frames_that_are_too_many_have_no_name()
    {
        var frames = new FrameTable((label, names) => new RawFrame { Function = names.Get(label) }, new NameTable(), mostFrames: 2);
        int[] ids = [.. "abcda".Select(c => frames.Of(Encoding.ASCII.GetBytes([c])))];
        Assert.Equal(["a", "b", null, null, null], ids.Select(i => frames[i].Function));
        Assert.Equal(("missing-frames", 3L), (Assert.Single(frames.Losses()).Kind, frames.Losses().First().Count));
    }
}
