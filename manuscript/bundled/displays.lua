-- What both engines want done before they number anything. Tables that notebooks show in HTML, with their notes, become the
-- document's own, as a format without HTML would leave them out; in HTML a caption leads to the place in the notebook.

local LETTERS_A_LINE = 115 -- of a table

local function is_float(identifier)
  return identifier:match("^fig%-") or identifier:match("^tbl%-")
end

local function read_html(block)
  if block.format == "html" then return pandoc.read(block.text, "html").blocks end
end

-- A row that has its first cell only is a heading over all columns.
local function span_headings(block)
  for _, body in ipairs(block.bodies) do
    for _, row in ipairs(body.body) do
      local rest = 0
      for place = 2, #row.cells do rest = rest + #row.cells[place].contents end
      if rest == 0 and #row.cells > 1 then
        row.cells[1].col_span = #row.cells
        row.cells = { row.cells[1] }
      end
    end
  end
end

-- Word fits columns to their words, other programs that read DOCX do not: each column has room for its longest word, and what
-- the page has beyond that goes to those with long cells.
local function set_widths(block)
  local words, cells = block.colspecs:map(function() return 0 end), block.colspecs:map(function() return 0 end)
  local function look(rows)
    for _, row in ipairs(rows) do
      for place, cell in ipairs(row.cells) do
        if cell.col_span == 1 then
          local text = pandoc.utils.stringify(cell.contents)
          for word in text:gmatch("%S+") do words[place] = math.max(words[place], utf8.len(word) + 4) end
          cells[place] = math.max(words[place], cells[place], math.min(utf8.len(text) + 6, 32))
        end
      end
    end
  end
  look(block.head.rows)
  for _, body in ipairs(block.bodies) do look(body.body) end
  local least, most = 0, 0
  for place in ipairs(words) do least, most = least + words[place], most + cells[place] end
  local share = most > least and math.max(0, math.min(1, (LETTERS_A_LINE - least) / (most - least))) or 0
  for place, spec in ipairs(block.colspecs) do
    local letters = words[place] + share * (cells[place] - words[place])
    block.colspecs[place] = { spec[1], letters / math.max(least, LETTERS_A_LINE) }
  end
end

-- All rows of the head are in bold, also those below a heading over several columns.
local function embolden(block)
  block.head.rows = block.head.rows:map(function(row)
    row.cells = row.cells:map(function(cell)
      cell.contents = cell.contents:walk({ Plain = function(words) return pandoc.Plain(pandoc.Strong(words.content)) end })
      return cell
    end)
    return row
  end)
end

local function finish(block)
  block.colspecs = block.colspecs:map(function(spec) return { spec[1], nil } end) -- as wide as what is in them
  span_headings(block)
  if not FORMAT:match("html") then embolden(block) end
  if FORMAT == "docx" then set_widths(block) end
  return block
end

-- What a picture shows is told by its `fig-alt`, which Quarto forgets unless the page is HTML.
local function describe(image)
  image.caption, image.attributes["fig-alt"] = pandoc.Inlines(image.attributes["fig-alt"] or ""), nil
  return image
end

local function show(div)
  if not is_float(div.identifier) then return nil end
  div = div:walk({ RawBlock = read_html }):walk({ Table = finish })
  local notebook, caption = div.attributes.notebook, div.content:remove()
  div.attributes.notebook = nil
  if notebook and caption.t == "Para" and FORMAT:match("html") then
    caption.content:extend({ pandoc.Space(), pandoc.Link("Notebook.", notebook) })
  end
  if div.identifier:match("^tbl") and FORMAT ~= "typst" then
    div.content = div.content:map(function(block)
      return block.t == "Para" and pandoc.Div(block, { class = "notes", ["custom-style"] = "Compact" }) or block
    end)
  end
  div.content:insert(caption)
  return quarto and FORMAT:match("html") and div or div:walk({ Image = describe })
end

-- Quarto would do this after it has written headings without a number into the Typst file.
local function lift(document)
  if not quarto or FORMAT ~= "typst" then return nil end
  local top
  document.blocks = document.blocks:map(function(block)
    if block.t == "Header" then
      top = top or block.level
      block.level = block.level - top + 1
    end
    return block
  end)
  return document
end

local function finish_captioned(block)
  if #block.caption.long > 0 then return finish(block) end
end

return { { Div = show }, { Table = finish_captioned }, { Pandoc = lift } }
